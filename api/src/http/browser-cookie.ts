/**
 * How a browser is known without accounts: by a random cookie that the page gives it. Only a hash of the cookie is
 * ever stored.
 */
import { createHash } from 'node:crypto';
import { scopes } from '@wavefleet/contracts/people.ts';
import { newSecret, secretPattern } from '@wavefleet/platform/secret.ts';
import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { AppEnv, Owner } from './context.ts';

const COOKIE = 'wavefleet';
const YEAR_SECONDS = 365 * 86_400;

/** The browser that sends a cookie of ours; undefined without one. For `identify`. */
export function browserOwner(c: Context<AppEnv>): Owner | undefined {
  const secret = secretOf(c);
  return secret === undefined ? undefined : { kind: 'browser', id: ownerIdOf(secret), scopes };
}

/**
 * Gives the browser its cookie, or a year more of the one it has.
 * @returns whether the browser is new, and an answer from its cache would leave it without.
 */
export function welcomeBrowser(c: Context<AppEnv>): boolean {
  const known = secretOf(c);
  give(c, known ?? newSecret());
  return known === undefined;
}

function give(c: Context<AppEnv>, secret: string): void {
  const common = { path: '/', httpOnly: true, sameSite: 'Lax', maxAge: YEAR_SECONDS } as const;
  if (isHttps(c)) setCookie(c, COOKIE, secret, { ...common, prefix: 'host', secure: true });
  else setCookie(c, COOKIE, secret, common);
}

/** Gives the browser another cookie: from now on it is another owner. */
export function renewBrowser(c: Context<AppEnv>): void {
  give(c, newSecret());
}

/** Nobody can make the cookie from it. */
function ownerIdOf(secret: string): string {
  return `browser:${createHash('sha256').update(secret).digest('base64url')}`;
}

/** Over HTTPS only the `__Host-` cookie counts: no neighbouring site or plain-text page can have planted that one. */
function secretOf(c: Context<AppEnv>): string | undefined {
  const cookie = isHttps(c) ? getCookie(c, COOKIE, 'host') : getCookie(c, COOKIE);
  return cookie !== undefined && secretPattern.test(cookie) ? cookie : undefined;
}

/**
 * TLS ends at the load balancer, which says so in this header. A client that invents it only chooses the name of
 * its own cookie, so that it needs no list of trusted proxies.
 */
function isHttps(c: Context<AppEnv>): boolean {
  return c.req.header('x-forwarded-proto')?.split(',')[0]?.trim() === 'https';
}
