/** Sizes, times and speeds as people read them. */
import { expect, test } from 'vitest';
import { bytes, channels, clock, counted, sizeChange, timeLeft } from './amounts.ts';

test.each([
  [0, '0 B'],
  [812, '812 B'],
  [999_600, '1 MB'],
  [4_210_000, '4.2 MB'],
  [110_100_480, '110 MB'],
  [5_368_709_120, '5.4 GB'],
])('%d bytes read %s', (count, text) => expect(bytes(count)).toBe(text));

test.each([
  [4, '0:04'],
  [187.4, '3:07'],
  [3765, '1:02:45'],
])('%d seconds of audio read %s', (seconds, text) => expect(clock(seconds)).toBe(text));

test.each([
  [0.4, 'a moment'],
  [12.2, '12 s'],
  [170, 'about 3 min'],
  [7300, 'about 2 h'],
])('%d seconds left read %s', (seconds, text) => expect(timeLeft(seconds)).toBe(text));

test('words for counts and changes', () => {
  expect([1, 2, 6].map(channels)).toEqual(['mono', 'stereo', '6 channels']);
  expect([counted(1, 'file'), counted(3, 'file')]).toEqual(['1 file', '3 files']);
  expect(sizeChange(1000, 320)).toBe('32 % of the size');
  expect(sizeChange(1000, 1010)).toBe('about the same size');
  expect(sizeChange(1000, 4200)).toBe('4.2 × the size');
});
