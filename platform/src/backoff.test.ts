/** The pauses between tries. */
import { expect, test } from 'vitest';
import { backoffMs } from './backoff.ts';

test.each([
  [1, 50, 100],
  [2, 100, 200],
  [4, 400, 800],
  [5, 500, 1_000],
  [2_000, 500, 1_000],
])('after %i failures it is from %i to %i ms, never twice alike', (failures, least, most) => {
  const pauses = Array.from({ length: 200 }, () => backoffMs(failures, { firstMs: 100, maxMs: 1_000 }));
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(least);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(most);
  expect(new Set(pauses).size).toBeGreaterThan(10);
});
