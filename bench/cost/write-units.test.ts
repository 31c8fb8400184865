/** What AWS's documentation says of its examples, and what its rules come to for records such as ours. */
import { expect, test } from 'vitest';
import { type Item, itemBytes, readUnits, writeUnits } from './write-units.ts';

const table = {
  hashKey: { name: 'id' },
  indexes: [
    { hashKey: { name: 'owner' }, rangeKey: { name: 'made' }, projection: 'ALL' },
    { hashKey: { name: 'shard' }, rangeKey: { name: 'due' }, projection: 'KEYS_ONLY' },
  ],
};
const item = (more: Item = {}): Item => ({
  id: { S: 'one' },
  owner: { S: 'me' },
  made: { S: 'now' },
  ...more,
});

test('an item is as large as its names and values', () => {
  expect(itemBytes({ a: { S: 'ü' }, n: { N: '-123.45' }, yes: { BOOL: true } })).toBe(1 + 2 + 1 + 4 + 3 + 1);
  expect(itemBytes({ l: { L: [{ S: 'ab' }, { S: 'c' }] } })).toBe(1 + 3 + 2 + 3);
  expect(itemBytes({ m: { M: { k: { S: 'v' } } }, s: { SS: ['ab', 'c'] } })).toBe(1 + 3 + 1 + 2 + 1 + 3);
});

test('a new item costs a unit for each KiB, on the table and on each index that holds it', () => {
  expect(writeUnits(table, undefined, item())).toBe(2);
  expect(writeUnits(table, undefined, item({ text: { S: 'x'.repeat(1_024) } }))).toBe(4);
  expect(writeUnits(table, undefined, item({ shard: { N: '1' }, due: { N: '2' } }))).toBe(3);
});

test('a change costs the larger size, nothing on an index that does not hold what changes, and two where its key moves', () => {
  const before = item({ shard: { N: '1' }, due: { N: '2' } });
  expect(writeUnits(table, before, { ...before, text: { S: 'x'.repeat(1_024) } })).toBe(2 + 2);
  expect(writeUnits(table, before, { ...before, due: { N: '3' } })).toBe(1 + 1 + 2);
  expect(writeUnits(table, before, before)).toBe(1);
  expect(writeUnits(table, before, undefined)).toBe(1 + 1 + 1);
});

test('an index that includes some attributes costs nothing while others change', () => {
  const index = { hashKey: { name: 'owner' }, rangeKey: { name: 'made' }, projection: 'INCLUDE' };
  const some = { hashKey: table.hashKey, indexes: [{ ...index, attributes: ['title'] }] };
  const before = item({ title: { S: 'one' }, text: { S: 'one' } });
  expect(writeUnits(some, before, { ...before, text: { S: 'two' } })).toBe(1);
  expect(writeUnits(some, before, { ...before, title: { S: 'two' } })).toBe(2);
});

test('a read costs half a unit for each 4 KiB, a consistent one a whole', () => {
  expect([readUnits(0), readUnits(4_096), readUnits(4_097), readUnits(4_097, true)]).toEqual([
    0.5, 0.5, 1, 2,
  ]);
});
