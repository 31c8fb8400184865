import { expect, test } from 'vitest';
import { parseRange } from './range.ts';

test.each([
  ['bytes=0-0', { first: 0, last: 0 }],
  ['bytes=0-', { first: 0, last: 99 }],
  ['bytes=10-19', { first: 10, last: 19 }],
  ['bytes=90-500', { first: 90, last: 99 }],
  ['bytes=-10', { first: 90, last: 99 }],
  ['bytes=-500', { first: 0, last: 99 }],
])('%s of 100 bytes', (header, range) => {
  expect(parseRange(header, 100)).toEqual(range);
});

test.each([
  'bytes=9-1',
  'bytes=100-',
  'bytes=-0',
  'bytes=-',
  'bytes=0-1,3-4',
  `bytes=${Array.from({ length: 1000 }, (_, i) => `${i}-${i}`).join(',')}`,
  'bytes=99999999999999999999-',
  'lines=1-2',
  'bytes = 1-2',
  '',
])('%s is refused', (header) => {
  expect(() => parseRange(header, 100)).toThrow(expect.objectContaining({ code: 'RANGE_INVALID' }));
});

test('no header means the whole file', () => {
  expect(parseRange(undefined, 100)).toBeUndefined();
});
