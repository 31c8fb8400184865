/** Lines of different lengths. */
import { expect, test } from 'vitest';
import { RoundRobin } from './round-robin.ts';

test('names take turns, each line in its own order; who comes anew stands behind those who wait', () => {
  const waiting = new RoundRobin<string>();
  for (const [name, item] of [
    ['ann', 'a1'],
    ['ann', 'a2'],
    ['ann', 'a3'],
    ['ben', 'b1'],
  ] as const)
    waiting.push(name, item);
  expect([waiting.shift()?.item, waiting.size]).toEqual(['a1', 3]);
  waiting.push('cat', 'c1');
  expect(Array.from({ length: 5 }, () => waiting.shift()?.item)).toEqual(['b1', 'a2', 'c1', 'a3', undefined]);
  expect(waiting.size).toBe(0);
});

test('who may not come is passed over, and keeps its turn', () => {
  const waiting = new RoundRobin<string>();
  waiting.push('ann', 'a1');
  waiting.push('ben', 'b1');
  waiting.push('ben', 'b2');
  expect(waiting.shift((name) => name !== 'ann')).toEqual({ name: 'ben', item: 'b1' });
  expect(waiting.shift()).toEqual({ name: 'ann', item: 'a1' });
  expect(waiting.shift((name) => name !== 'ben')).toBeUndefined();
});
