/**
 * One name for one machine. `localhost` and 127.0.0.1 are the same machine and different sites: what a browser has under
 * the one it has not under the other, and a sign-in leads to that of PUBLIC_URL.
 */
import type { Config } from '@wavefleet/platform/config.ts';
import { isThisMachine } from '@wavefleet/platform/settings/this-machine.ts';

/**
 * Where the page is under the name that counts; undefined when it was asked for by that, or nobody signs in, or for names of a
 * network, which proxies may change.
 */
export function underOneName(
  { AUTH, PUBLIC_URL }: Pick<Config, 'AUTH' | 'PUBLIC_URL'>,
  host: string | undefined,
): string | undefined {
  if (AUTH === 'off' || PUBLIC_URL === undefined || host === undefined) return undefined;
  const meant = new URL(PUBLIC_URL);
  const asked = URL.parse(`http://${host}`);
  if (asked === null || !isThisMachine(meant.hostname) || !isThisMachine(asked.hostname)) return undefined;
  return asked.port === meant.port && asked.hostname !== meant.hostname ? `${meant.origin}/` : undefined;
}
