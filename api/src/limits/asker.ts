/**
 * Who asks, for all that is counted by asker.
 */
import type { Context } from 'hono';
import type { AppEnv } from '../http/context.ts';
import { addressOf } from '../server/address.ts';

/** One of the names under which a caller is counted. */
export interface Asker {
  readonly kind: 'owner' | 'address';
  readonly id: string;
}

/**
 * The owner, or the key that it has sent: a program that asks too much does not lock its owner's page. And the address,
 * unless it is this machine itself, which everybody on it shares.
 */
export function askersOf(c: Context<AppEnv>, trustedProxies: number): Asker[] {
  const address = addressOf(
    c.env.incoming.socket.remoteAddress,
    c.req.header('x-forwarded-for'),
    trustedProxies,
  );
  const { id, keyId } = c.var.owner;
  return [
    { kind: 'owner', id: keyId === undefined ? id : `key:${keyId}` },
    ...(address === undefined ? [] : [{ kind: 'address', id: address } as const]),
  ];
}
