/** What the list of keys shows after each step, also when the server says no. */
import { Problem } from '@wavefleet/client/problem.ts';
import type { KeyView, MadeKey } from '@wavefleet/contracts/people.ts';
import { expect, test } from 'vitest';
import { Keys } from './keys.ts';

const key = (keyId: string): KeyView => ({
  ...{ keyId, name: keyId, scopes: ['jobs:read'] },
  ...{ createdAt: '2026-01-01T00:00:00.000Z', expiresAt: '2026-04-01T00:00:00.000Z' },
});
const made: MadeKey = { ...key('new'), token: `wf_live_${'a'.repeat(43)}` };
const order = { name: 'new', scopes: ['jobs:read' as const] };

/** A server whose list lags behind, as an index may. */
function keysOver(listed: KeyView[]) {
  return new Keys({
    list: async () => ({ keys: listed }),
    make: async () => made,
    revoke: async (keyId) => {
      if (keyId === 'gone') throw new Problem('KEY_NOT_FOUND', 'There is no such key.', { status: 404 });
    },
  });
}

test('a new key is shown with its token until it is put away, and listed although the server lags behind', async () => {
  const keys = keysOver([key('old')]);
  await keys.refresh();
  expect(await keys.make(order)).toBe(true);
  await keys.refresh();
  expect(keys.state.value).toEqual({ keys: [made, key('old')], made, busy: false });
  keys.putAway();
  expect(keys.state.value).toEqual({ keys: [made, key('old')], busy: false });
});

test('a revoked key leaves the list, and takes its token from the screen', async () => {
  const keys = keysOver([]);
  await keys.make(order);
  expect(await keys.revoke('new')).toBe(true);
  expect(keys.state.value).toEqual({ keys: [], busy: false });
});

test('what the server refuses is said, and the next step clears it', async () => {
  const keys = keysOver([key('gone')]);
  await keys.refresh();
  expect(await keys.revoke('gone')).toBe(false);
  const { problem } = keys.state.value;
  expect(problem).toBe('There is no such key.');
  await keys.refresh();
  expect(keys.state.value).toEqual({ keys: [key('gone')], busy: false });
});
