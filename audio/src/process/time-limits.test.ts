/** How long FFmpeg may take over what. */
import { expect, test } from 'vitest';
import { timeLimits } from './time-limits.ts';

const HOUR_S = 3_600;

test('half of the playing time, and never less than two minutes or more than four hours', () => {
  expect(timeLimits(1, undefined)).toEqual({ stallSeconds: 30, totalSeconds: 120 });
  expect(timeLimits(HOUR_S, undefined).totalSeconds).toBe(HOUR_S / 2);
  expect(timeLimits(1_000 * HOUR_S, undefined).totalSeconds).toBe(4 * HOUR_S);
  expect(timeLimits(null, undefined).totalSeconds).toBe(4 * HOUR_S);
});

test('a header that declares less than its file can hold is not believed', () => {
  expect(timeLimits(1, undefined, 16_000 * HOUR_S).totalSeconds).toBe(HOUR_S / 2);
});

test('until the start of a trim nothing is heard of it', () => {
  expect(timeLimits(HOUR_S, 3_000).stallSeconds).toBe(90);
});
