/** Seconds in words that every player understands. */
import { expect, test } from 'vitest';
import { timecode, timecodeSchema } from './timecode.ts';

test.each([
  [0, '00:00:00.00'],
  [0.004, '00:00:00.00'],
  [83.45, '00:01:23.45'],
  [59.999, '00:01:00.00'],
  [3_599.996, '01:00:00.00'],
  [421.45, '00:07:01.45'],
  [360_000.5, '100:00:00.50'],
])('%s s is %s', (seconds, text) => {
  expect(timecode(seconds)).toBe(text);
  expect(timecodeSchema.parse(text)).toBe(text);
});
