/**
 * How a browser is known without accounts: by a random cookie that the page gives it. Only a hash of the cookie is
 * ever stored.
 */
import { createHash } from 'node:crypto';
import { scopes } from '@wavefleet/contracts/people.ts';
import type { Config } from '@wavefleet/platform/config.ts';
import { newSecret, secretPattern } from '@wavefleet/platform/secret.ts';
import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { AppEnv, Owner } from './context.ts';

type Settings = Pick<Config, 'PUBLIC_URL'>;

const COOKIE = 'wavefleet';
const YEAR_SECONDS = 365 * 86_400;

/** Knows the browser that sends a cookie of ours; undefined without one. For `identify`. */
export function browserOwner(settings: Settings): (c: Context<AppEnv>) => Owner | undefined {
  return (c) => {
    const secret = secretOf(c, settings);
    return secret === undefined ? undefined : { kind: 'browser', id: ownerIdOf(secret), scopes };
  };
}

/**
 * Gives the browser its cookie, or a year more of the one it has.
 * @returns whether the browser is new, and an answer from its cache would leave it without.
 */
export function welcomeBrowser(c: Context<AppEnv>, settings: Settings): boolean {
  const known = secretOf(c, settings);
  give(c, known ?? newSecret(), settings);
  return known === undefined;
}

function give(c: Context<AppEnv>, secret: string, settings: Settings): void {
  const common = { path: '/', httpOnly: true, sameSite: 'Lax', maxAge: YEAR_SECONDS } as const;
  if (isHttps(c, settings)) setCookie(c, COOKIE, secret, { ...common, prefix: 'host', secure: true });
  else setCookie(c, COOKIE, secret, common);
}

/** Gives the browser another cookie: from now on it is another owner. */
export function renewBrowser(c: Context<AppEnv>, settings: Settings): void {
  give(c, newSecret(), settings);
}

/** Nobody can make the cookie from it. */
function ownerIdOf(secret: string): string {
  return `browser:${createHash('sha256').update(secret).digest('base64url')}`;
}

/** Over HTTPS only the `__Host-` cookie counts: no neighbouring site or plain-text page can have planted that one. */
function secretOf(c: Context<AppEnv>, settings: Settings): string | undefined {
  const cookie = isHttps(c, settings) ? getCookie(c, COOKIE, 'host') : getCookie(c, COOKIE);
  return cookie !== undefined && secretPattern.test(cookie) ? cookie : undefined;
}

/**
 * TLS ends at the load balancer, which says so in this header; or before it, and then the settings say so: the load balancer
 * heard plain HTTP. A client that invents the header only chooses the name of its own cookie, so that it needs no list of
 * trusted proxies.
 */
function isHttps(c: Context<AppEnv>, { PUBLIC_URL }: Settings): boolean {
  if (PUBLIC_URL?.startsWith('https:') === true) return true;
  return c.req.header('x-forwarded-proto')?.split(',')[0]?.trim() === 'https';
}
