/** Which key signs at what time, and which are kept. */
import { expect, test } from 'vitest';
import { newTokenKey, signingKeyOf, turnedOver } from './token-keys.ts';

const now = Date.parse('2026-11-27T12:00:00.000Z');
const hours = (count: number) => now + count * 3_600_000;
const kids = (keys: readonly { kid: string }[]) => keys.map(({ kid }) => kid);

test('a new key comes first and signs a day later; a set without times goes on as it was', () => {
  const [newer, older] = [newTokenKey(), newTokenKey()];
  expect(signingKeyOf([newer, older], now)).toBe(newer);
  const turned = turnedOver([newer, older], now);
  // Nobody has a token of the oldest one any more.
  expect(turned).toEqual([
    {
      ...newTokenKey(),
      x: expect.any(String),
      d: expect.any(String),
      kid: expect.any(String),
      signsFrom: '2026-11-28T12:00:00.000Z',
    },
    newer,
  ]);
  expect(signingKeyOf(turned, hours(23.9))).toBe(newer);
  expect(signingKeyOf(turned, hours(24))).toBe(turned[0]);
  expect(signingKeyOf([], now)).toBeUndefined();
});

test('turned over again before its time, the one that signs is kept; and each until its tokens have ended', () => {
  const first = newTokenKey();
  const second = turnedOver([first], now);
  const third = turnedOver(second, hours(1));
  expect(kids(third).slice(1)).toEqual(kids(second));
  expect(signingKeyOf(third, hours(2))).toBe(first);
  // The second has signed for an hour: tokens of the first are still about.
  expect(kids(turnedOver(second, hours(25)))).toHaveLength(3);
  expect(kids(turnedOver(second, hours(26))).slice(1)).toEqual(kids(second).slice(0, 1));
});

test('keys that are all of later sign all the same: somebody has to', () => {
  const turned = turnedOver([], now);
  expect(signingKeyOf(turned, now)).toBe(turned[0]);
});
