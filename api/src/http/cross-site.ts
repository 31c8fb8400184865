/**
 * Refuses what another site makes a browser send. Not only with our cookie, which SameSite=Lax keeps away already:
 * an uninvited upload into a service on the visitor's own machine is bad enough. Links that lead here are welcome.
 */
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { Context, MiddlewareHandler } from 'hono';
import type { AppEnv } from './context.ts';

const harmless = new Set(['GET', 'HEAD']);
/** Every cookie by which somebody is known here. */
const ourCookie = /(?:^|;\s*)(?:__Host-)?wavefleet[\w-]*=/;

/**
 * @throws Failure CSRF_REJECTED for requests that a browser says come from elsewhere, unless somebody followed a link; and
 *   for changes with a cookie of ours that do not say where they come from.
 */
export const refuseCrossSite: MiddlewareHandler<AppEnv> = async (c, next) => {
  if (!harmless.has(c.req.method) && isSilent(c.req.header())) {
    const reason = 'A change with a cookie must say where it comes from, in Sec-Fetch-Site or Origin.';
    throw new Failure('CSRF_REJECTED', { detail: { reason } });
  }
  const isLink = harmless.has(c.req.method) && c.req.header('sec-fetch-mode') === 'navigate';
  if (!isLink) requireOwnSite(c);
  await next();
};

/** For a look that has consequences, too: a link elsewhere may not lead to it. @throws Failure CSRF_REJECTED. */
export function requireOwnSite(c: Context<AppEnv>): void {
  const [site, origin, host] = ['sec-fetch-site', 'origin', 'host'].map((name) => c.req.header(name));
  if (isCrossSite({ site, origin, host })) throw new Failure('CSRF_REJECTED');
}

/**
 * Whether a cookie says who asks, and nothing where from: every browser says so with a change, and programs are known by
 * a key. @param headers by their names in small letters.
 */
export function isSilent(headers: Readonly<Record<string, string>>): boolean {
  const { cookie = '', authorization = '', origin, 'sec-fetch-site': site } = headers;
  return (
    site === undefined && origin === undefined && ourCookie.test(cookie) && !/^bearer /i.test(authorization)
  );
}

/**
 * Browsers send Sec-Fetch-Site to HTTPS and to this machine, and an Origin with what a script of another site may read
 * or change; other clients send neither. Only hosts are compared: TLS may end before us, and then our own scheme is not
 * the browser's.
 */
export function isCrossSite(headers: {
  readonly site: string | undefined;
  readonly origin: string | undefined;
  readonly host: string | undefined;
}): boolean {
  const { site, origin, host } = headers;
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}
