/** What owners hold while there is no Redis: each process counts for itself. */
import { expect, test } from 'vitest';
import { Holdings } from './holdings.ts';

const rule = { name: 'bytes', limit: 10, forgottenAfterMs: 60_000 };

test('what one owner held is another’s once it was moved, beyond the limit too, and counts once', async () => {
  const holdings = new Holdings(undefined);
  for (const [owner, member] of [
    ['browser', 'a'],
    ['account', 'a'],
    ['browser', 'b'],
  ] as const)
    expect(await holdings.hold(rule, owner, member, 5)).toBe(true);
  for (let each = 0; each < 2; each += 1) {
    await holdings.moveAll({ ...rule, limit: 1 }, 'browser', 'account');
    expect(await holdings.weight(rule, 'account')).toBe(10);
    expect(await holdings.weight(rule, 'browser')).toBe(0);
  }
  expect(await holdings.hold(rule, 'account', 'c', 1)).toBe(false);
});
