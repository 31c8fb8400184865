/** Ids and fingerprints: the same for the same, and spread. */
import { expect, test } from 'vitest';
import { derivedJobId, dueShardOf, expiryShardOf, fingerprintOf } from './ids.ts';

test('the same cause makes the same UUID, and parts do not run into each other', () => {
  expect(derivedJobId('a', 'bc')).toBe(derivedJobId('a', 'bc'));
  expect(derivedJobId('a', 'bc')).not.toBe(derivedJobId('ab', 'c'));
  expect(derivedJobId('a')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('the order of keys does not change a fingerprint, a value does', () => {
  expect(fingerprintOf({ a: 1, b: { c: 2, d: [3] } })).toBe(fingerprintOf({ b: { d: [3], c: 2 }, a: 1 }));
  expect(fingerprintOf({ a: 1 })).not.toBe(fingerprintOf({ a: 2 }));
});

test('shards are spread over all partitions', () => {
  const shards = Array.from({ length: 200 }, (_, index) => dueShardOf(derivedJobId(String(index))));
  expect(new Set(shards)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7]));
});

test('a job that only waits for its end is never in a shard of those that somebody must act on', () => {
  const shards = Array.from({ length: 200 }, (_, index) => expiryShardOf(derivedJobId(String(index))));
  expect(new Set(shards)).toEqual(new Set([8, 9, 10, 11, 12, 13, 14, 15]));
});
