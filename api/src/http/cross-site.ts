/**
 * Refuses what another site makes a browser do. Not only with our cookie, which SameSite=Lax keeps away already:
 * an uninvited upload into a service on the visitor's own machine is bad enough.
 */
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from './context.ts';

const harmless = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/** @throws Failure CSRF_REJECTED for state-changing requests that a browser says come from elsewhere. */
export const refuseCrossSite: MiddlewareHandler<AppEnv> = async (c, next) => {
  const comesFromElsewhere = isCrossSite({
    site: c.req.header('sec-fetch-site'),
    origin: c.req.header('origin'),
    host: c.req.header('host'),
  });
  if (!harmless.has(c.req.method) && comesFromElsewhere) throw new Failure('CSRF_REJECTED');
  await next();
};

/**
 * Browsers send Sec-Fetch-Site to HTTPS and to this machine, and an Origin with every such request; other clients
 * send neither. Only hosts are compared: TLS may end before us, and then our own scheme is not the browser's.
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
