/**
 * One message to one address, chosen by a stranger: only addresses that may be called are connected to, and they are the
 * ones that were looked at. Nothing is followed, little is read, and none of it is kept.
 */
import type { LookupAddress } from 'node:dns';
import { lookup, Resolver } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { msSince } from '@wavefleet/platform/log/log.ts';
import { http, https } from '@wavefleet/platform/node-http.ts';
import {
  type AddressRules,
  forbiddenReason,
  isAllowedAddress,
} from '@wavefleet/platform/notices/public-address.ts';

/** For everything: name, connection, TLS, and the whole answer. */
const TIMEOUT_MS = 5_000;
/** Of an answer. What comes after it is not waited for. */
const MOST_BYTES = 64 * 1024;

/** What became of it. Without a problem it was accepted. */
export interface Posted {
  readonly ms: number;
  readonly status?: number;
  /** In a few words of ours. */
  readonly problem?: string;
  /** Another try cannot help. */
  readonly isFinal?: boolean;
}

/** The addresses of a name. It may throw. */
export type Resolve = (name: string) => Promise<readonly LookupAddress[]>;

export interface PostRules extends AddressRules {
  /** Resolves names. Default: name servers; where own networks are allowed, the system, which knows their names. */
  readonly resolve?: Resolve;
  /** Default 5 s. */
  readonly timeoutMs?: number;
}

/** @param body JSON. Never throws. */
export async function post(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  rules: PostRules,
): Promise<Posted> {
  const startedAtMs = performance.now();
  const after = (posted: Omit<Posted, 'ms'>): Posted => ({ ms: msSince(startedAtMs), ...posted });
  const reason = forbiddenReason(url, rules);
  if (reason !== undefined) return after({ problem: reason, isFinal: true });
  const over = AbortSignal.timeout(rules.timeoutMs ?? TIMEOUT_MS);
  try {
    const status = await ask(new URL(url), body, headers, rules, over);
    if (status >= 200 && status < 300) return after({ status });
    if (status >= 300 && status < 400) return after({ status, problem: 'redirects are not followed' });
    return after({ status, problem: `answered ${status}`, isFinal: status === 410 });
  } catch (error) {
    if (error instanceof Forbidden) return after({ problem: error.message, isFinal: true });
    return after({ problem: over.aborted ? 'no answer in time' : wordsFor(error) });
  }
}

/** The status, once the answer is over or enough of it was read. */
async function ask(
  url: URL,
  body: string,
  headers: Readonly<Record<string, string>>,
  rules: PostRules,
  signal: AbortSignal,
): Promise<number> {
  return await new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? https : http).request(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body), ...headers },
      // A connection of before would lead where nobody has looked.
      agent: false,
      lookup: vettingLookup(rules),
      signal,
    });
    // Whatever comes: an answer that switches protocols is neither a response nor an error.
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    // An error that nobody listens to, also a second one, would end the process.
    request.on('error', reject);
    request.once('response', (response) => {
      const { statusCode = 0 } = response;
      let readBytes = 0;
      const done = () => {
        resolve(statusCode);
        request.destroy();
      };
      response.on('data', (chunk: Buffer) => {
        readBytes += chunk.length;
        if (readBytes > MOST_BYTES) done();
      });
      response.once('end', done);
      response.on('error', reject);
      response.once('aborted', () => reject(new Error('the answer broke off')));
    });
    request.end(body);
  });
}

/** As Node's own, but it refuses a name of which any address may not be called. What it answers is connected to. */
function vettingLookup({ resolve, ...rules }: PostRules): LookupFunction {
  const find = resolve ?? (rules.allowPrivate ? bySystem : byNameServers());
  return (name, options, callback) => {
    find(name).then(
      (found) => {
        const addresses = [...found];
        const [first] = addresses;
        if (first === undefined || !addresses.every(({ address }) => isAllowedAddress(address, rules)))
          callback(new Forbidden('its name leads to an address that is not public'), '');
        else if (options.all === true) callback(null, addresses);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, ''),
    );
  };
}

const bySystem: Resolve = async (name) => await lookup(name, { all: true });

/**
 * Asks name servers without a thread. The system's own call waits in one, of which a process has two for names: whoever
 * runs a name server that never answers could hold both, and with them every other webhook.
 */
export function byNameServers(resolver = new Resolver({ timeout: 1_500, tries: 2 })): Resolve {
  return async (name) => {
    const [v4, v6] = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
    // Many names have addresses of one kind alone.
    if (v4.status === 'rejected' && v6.status === 'rejected') throw v4.reason;
    const addresses = (of: typeof v4, family: number) =>
      of.status === 'fulfilled' ? of.value.map((address) => ({ address, family })) : [];
    return [...addresses(v4, 4), ...addresses(v6, 6)];
  };
}

class Forbidden extends Error {}

/** The code alone: messages of TLS and resolvers quote what the other side says. */
function wordsFor(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]{1,64}$/.test(code) ? `not reached: ${code}` : 'not reached';
}
