/** Keys by which access tokens are signed, for the setting TOKEN_KEYS: made, and turned over. */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { z } from 'zod';

const ed25519 = z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string(), d: z.string() });

const HOUR_MS = 3_600_000;
/** Within that all processes of the API have to have a new key. Until then none signs with it, and those that have it believe it. */
const SIGNS_AFTER_MS = 24 * HOUR_MS;
/** Longer than any access token lives (ACCESS_SECONDS), and clocks differ. */
const OUTLIVED_MS = 2 * HOUR_MS;

/** What of a key tells when it signs. */
export interface TurnedKey {
  readonly kid: string;
  /** The time from which on it signs; absent: always has. */
  readonly signsFrom?: string | undefined;
}

/** One private key as a JWK (RFC 8037). */
export function newTokenKey() {
  const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return { ...ed25519.parse(jwk), kid: randomUUID() as string };
}

/**
 * The next set, newest first: with a key more, which signs a day later, so that processes with the set before believe
 * all tokens until they have this one as well; and without keys of which no token lives any more.
 */
export function turnedOver<Key extends TurnedKey>(keys: readonly Key[], now = Date.now()) {
  const next = { ...newTokenKey(), signsFrom: new Date(now + SIGNS_AFTER_MS).toISOString() };
  const isNeeded = (_: Key, index: number) => {
    const successor = keys[index - 1];
    return successor === undefined || !hasBegun(successor, now - OUTLIVED_MS);
  };
  return [next, ...keys.filter(isNeeded)];
}

/** The newest one whose time has come; where none's has, the oldest. Undefined of none. */
export function signingKeyOf<Key extends TurnedKey>(keys: readonly Key[], now = Date.now()): Key | undefined {
  return keys.find((key) => hasBegun(key, now)) ?? keys.at(-1);
}

function hasBegun({ signsFrom }: Pick<TurnedKey, 'signsFrom'>, now: number): boolean {
  return signsFrom === undefined || Date.parse(signsFrom) <= now;
}
