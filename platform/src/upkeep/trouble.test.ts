/** Passes after trouble come sooner until what was tried in vain is due again. */
import { expect, test } from 'vitest';
import { SOON } from '../every.ts';
import { Trouble } from './trouble.ts';

test('the passes that find nothing, since the one before still holds it, are followed soon as well', () => {
  const trouble = new Trouble(5_000);
  expect(trouble.after(0, 0)).toBeUndefined();
  expect(trouble.after(1, 1_000)).toBe(SOON);
  expect([3_500, 6_000, 8_500, 10_999].map((nowMs) => trouble.after(0, nowMs))).toEqual([
    SOON,
    SOON,
    SOON,
    SOON,
  ]);
  expect(trouble.after(0, 11_000)).toBeUndefined();
});
