/** Whoever tries out keys is held up, and nobody who has one. */
import type { StoredKey } from '@wavefleet/platform/people/api-keys.ts';
import { newSecret } from '@wavefleet/platform/secret.ts';
import { Hono } from 'hono';
import { afterEach, expect, test, vi } from 'vitest';
import type { AppEnv } from '../http/context.ts';
import { KnownKeys } from './key-owner.ts';

afterEach(() => vi.useRealTimers());

const newToken = () => `wf_live_${newSecret()}`;
const known: StoredKey = {
  ...{ keyId: 'a'.repeat(32), hash: 'b'.repeat(64), ownerId: 'ann', name: 'n', scopes: ['admin'] },
  ...{ createdAt: '2026-01-01T00:00:00.000Z', expiresAt: '2999-01-01T00:00:00.000Z' },
};

test('where an address may look up no more, a key that was good a moment ago still is', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const good = newToken();
  let left = 2;
  const keys = new KnownKeys({
    apiKeys: { find: async (token) => (token === good ? known : undefined), used: async () => undefined },
    rates: {
      count: async () => {
        left -= 1;
        return { allowed: left >= 0, remaining: Math.max(0, left), resetSeconds: 10 };
      },
    },
    config: { TRUSTED_PROXIES: 0 },
  });
  const app = new Hono<AppEnv>();
  app.get('/api/jobs', async (c) => {
    const owner = await Promise.resolve(keys.owner(c)).catch((error: unknown) => error);
    return c.json(owner);
  });
  const ask = async (token: string): Promise<unknown> => {
    const headers = { authorization: `Bearer ${token}` };
    const env = { incoming: { socket: { remoteAddress: '203.0.113.1' } } };
    return await (await app.request('/api/jobs', { headers }, env)).json();
  };
  const ann = { kind: 'key', id: 'ann', scopes: ['admin'], keyId: known.keyId };
  expect(await ask(good)).toEqual(ann);
  expect(await ask(newToken())).toMatchObject({ code: 'INVALID_TOKEN' });
  expect(await ask(newToken())).toMatchObject({ code: 'RATE_LIMITED' });
  vi.advanceTimersByTime(6_000);
  expect(await ask(good)).toEqual(ann);
});
