/**
 * The cookies of who has signed in: the access token, which goes with every request, and the refresh token, which only
 * makes the next ones. Scripts read neither. Over HTTPS both have the prefix `__Host-`.
 */
import type { Config } from '@wavefleet/platform/config.ts';
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { AppEnv } from '../http/context.ts';

const NAMES = {
  access: 'wavefleet-access',
  refresh: 'wavefleet-session',
  signIn: 'wavefleet-sign-in',
} as const;
export type SessionCookie = keyof typeof NAMES;

const DAY_SECONDS = 86_400;
/** The refresh token is good for as long as its session is used; see `Sessions`. */
export const REFRESH_COOKIE_SECONDS = 30 * DAY_SECONDS;

export class SessionCookies {
  readonly #isOff: boolean;
  readonly #isSecure: boolean;

  constructor({ AUTH, PUBLIC_URL }: Pick<Config, 'AUTH' | 'PUBLIC_URL'>) {
    this.#isOff = AUTH === 'off';
    this.#isSecure = PUBLIC_URL?.startsWith('https:') ?? false;
  }

  /** None while nobody can sign in, whatever browsers still have from before. */
  get(c: Context<AppEnv>, of: SessionCookie): string | undefined {
    if (this.#isOff) return undefined;
    return this.#isSecure ? getCookie(c, NAMES[of], 'host') : getCookie(c, NAMES[of]);
  }

  set(c: Context<AppEnv>, of: SessionCookie, value: string, maxAge: number): void {
    const common = { path: '/', httpOnly: true, sameSite: 'Lax', maxAge } as const;
    if (this.#isSecure) setCookie(c, NAMES[of], value, { ...common, prefix: 'host', secure: true });
    else setCookie(c, NAMES[of], value, common);
  }

  remove(c: Context<AppEnv>, of: SessionCookie): void {
    if (this.#isSecure) deleteCookie(c, NAMES[of], { path: '/', prefix: 'host', secure: true });
    else deleteCookie(c, NAMES[of], { path: '/' });
  }
}
