/** The sizes of rooms: what counts, and from where on a room is too large. */
import { expect, test } from 'vitest';
import { sizesOf, tableOf, tooLarge } from './lines.ts';

const file = (path: string, lines: number) => ({ path, text: 'x\n'.repeat(lines) });
const files = [
  file('web/src/a.tsx', 150),
  file('web/src/style/a.css', 60),
  file('web/src/a.test.ts', 9_000),
  ...['api', 'worker', 'platform', 'contracts'].map((room) => file(`${room}/src/a.ts`, 195)),
  file('api/src/a.testing.ts', 5),
  { path: 'tests/a.ts', text: 'one line without an end' },
  file('tests/b.ts', 4),
];

test('styles and helpers of tests count, tests do not', () => {
  expect(sizesOf(files)).toEqual([
    { room: 'web', files: 2, lines: 210, share: 0.21 },
    { room: 'api', files: 2, lines: 200, share: 0.2 },
    { room: 'worker', files: 1, lines: 195, share: 0.195 },
    { room: 'platform', files: 1, lines: 195, share: 0.195 },
    { room: 'contracts', files: 1, lines: 195, share: 0.195 },
    { room: 'tests', files: 2, lines: 5, share: 0.005 },
  ]);
});

test('more than a fifth is too much', () => {
  expect(tooLarge(sizesOf(files))).toEqual([
    'web/ has 210 lines, 21.0 % of all: above 20.0 % a room holds more than one thing; find the one that could stand by itself',
  ]);
});

test('the table', () => {
  expect(tableOf(sizesOf(files.slice(0, 4)))).toBe(
    [
      'room          files   lines    share',
      'web               2     210   51.9 %',
      'api               1     195   48.1 %',
      'all               3     405  100.0 %',
    ].join('\n'),
  );
});
