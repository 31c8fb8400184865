/**
 * One message to one address, chosen by a stranger: only addresses that may be called are connected to, and they are the
 * ones that were looked at. Nothing is followed, little is read, and none of it is kept.
 */
import { lookup } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { msSince } from '@wavefleet/platform/log/log.ts';
import {
  type AddressRules,
  forbiddenReason,
  isAllowedAddress,
} from '@wavefleet/platform/webhooks/public-address.ts';

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

export interface PostRules extends AddressRules {
  /** Resolves names. Default: the system's resolver. */
  readonly resolve?: typeof lookup;
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
    request.once('error', reject);
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
      response.once('error', reject);
      response.once('aborted', () => reject(new Error('the answer broke off')));
    });
    request.end(body);
  });
}

/** As Node's own, but it refuses a name of which any address may not be called. What it answers is connected to. */
function vettingLookup({ resolve = lookup, ...rules }: PostRules): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '', 0);
      const isFit =
        addresses.length > 0 && addresses.every(({ address }) => isAllowedAddress(address, rules));
      if (!isFit) return callback(new Forbidden('its name leads to an address that is not public'), '', 0);
      const [first] = addresses;
      if (options.all === true) return callback(null, addresses);
      callback(null, first?.address ?? '', first?.family ?? 4);
    });
  };
}

class Forbidden extends Error {}

/** The code alone: messages of TLS and resolvers quote what the other side says. */
function wordsFor(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]{1,64}$/.test(code) ? `not reached: ${code}` : 'not reached';
}
