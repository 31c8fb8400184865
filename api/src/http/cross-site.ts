/**
 * Refuses what another site makes a browser send. Not only with our cookie, which SameSite=Lax keeps away already:
 * an uninvited upload into a service on the visitor's own machine is bad enough. Links that lead here are welcome.
 */
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from './context.ts';

const harmless = new Set(['GET', 'HEAD']);

/** @throws Failure CSRF_REJECTED for requests that a browser says come from elsewhere, unless somebody followed a link. */
export const refuseCrossSite: MiddlewareHandler<AppEnv> = async (c, next) => {
  const comesFromElsewhere = isCrossSite({
    site: c.req.header('sec-fetch-site'),
    origin: c.req.header('origin'),
    host: c.req.header('host'),
  });
  const isLink = harmless.has(c.req.method) && c.req.header('sec-fetch-mode') === 'navigate';
  if (comesFromElsewhere && !isLink) throw new Failure('CSRF_REJECTED');
  await next();
};

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
