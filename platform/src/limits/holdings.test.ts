/** What owners hold while there is no Redis: each process counts for itself. */
import { afterEach, expect, test, vi } from 'vitest';
import { Holdings } from './holdings.ts';

const rule = { name: 'bytes', limit: 10, forgottenAfterMs: 60_000 };

afterEach(() => void vi.useRealTimers());

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

test('what is held already counts once, and what nobody lets go of is forgotten', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const holdings = new Holdings(undefined);
  for (let each = 0; each < 2; each += 1) expect(await holdings.hold(rule, 'me', 'a', 10)).toBe(true);
  vi.advanceTimersByTime(59_999);
  expect(await holdings.hold(rule, 'me', 'b', 10)).toBe(false);
  vi.advanceTimersByTime(1);
  expect(await holdings.hold(rule, 'me', 'b', 10)).toBe(true);
  expect(await holdings.weight(rule, 'me')).toBe(10);
});
