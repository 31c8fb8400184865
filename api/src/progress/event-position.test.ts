/** Positions in a stream of progress: their order, and their ids. */
import { expect, test } from 'vitest';
import { formatPosition, isAfter, type Position, parsePosition, START } from './event-position.ts';

const at = (rank: number, attempt: number, tenths: number, time: number): Position => ({
  rank,
  attempt,
  tenths,
  time,
});

test('an id survives the round trip', () => {
  const position = at(1, 3, 457, 1_800_000_000_123);
  expect(parsePosition(formatPosition(position))).toEqual(position);
});

test.each([undefined, '', '7', '3-1-1-1', '1-1-1', '1-1-1-1-1', '1--1-1-1', 'a-b-c-d', '1-1-1-1\n'])(
  'the foreign id %j is the start',
  (id) => {
    expect(parsePosition(id)).toEqual(START);
  },
);

test('state outweighs attempt, attempt outweighs percent, percent outweighs time', () => {
  expect(isAfter(at(2, 0, 0, 0), at(1, 9, 999, 9))).toBe(true);
  expect(isAfter(at(1, 2, 100, 0), at(1, 1, 900, 9))).toBe(true);
  expect(isAfter(at(1, 1, 101, 0), at(1, 1, 100, 9))).toBe(true);
  expect(isAfter(at(1, 1, 100, 1), at(1, 1, 100, 0))).toBe(true);
});

test('the same place and earlier ones are not after it', () => {
  expect(isAfter(at(1, 1, 100, 5), at(1, 1, 100, 5))).toBe(false);
  expect(isAfter(at(1, 1, 99, 9), at(1, 1, 100, 5))).toBe(false);
  expect(isAfter(at(0, 0, 0, 0), START)).toBe(true);
});
