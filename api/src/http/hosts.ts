/**
 * For which names this service answers. A page of another site can have its own name lead to an address that only the
 * visitor's machine reaches, and then asks as if it were ours (DNS rebinding); the browser still says the name.
 */
import { isIP } from 'node:net';
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from './context.ts';

/** @param allowed the setting ALLOWED_HOSTS. @throws Failure HOST_NOT_ALLOWED for any other name. */
export function refuseForeignHosts(allowed: string | undefined): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    if (!isOwnHost(c.req.header('host'), allowed)) throw new Failure('HOST_NOT_ALLOWED');
    await next();
  };
}

/**
 * An address is nobody's name, so that load balancers may check health by it; `localhost` is always this machine. No
 * browser leaves the header out.
 * @param allowed names with commas between them, `*` for any: `audio.example, *.audio.example`. Ports do not count.
 */
export function isOwnHost(header: string | undefined, allowed = ''): boolean {
  if (header === undefined) return true;
  const name = header.replace(/:\d*$/, '').replace(/\.$/, '').toLowerCase();
  if (isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0 || name === 'localhost' || name.endsWith('.localhost'))
    return true;
  return allowed
    .toLowerCase()
    .split(',')
    .map((entry) => entry.trim())
    .some(
      (entry) => entry !== '' && (entry.startsWith('*') ? name.endsWith(entry.slice(1)) : name === entry),
    );
}
