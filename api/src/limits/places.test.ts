/** Places, of one owner and in all. */
import { expect, test } from 'vitest';
import { Places } from './places.ts';

test('each owner has some, all together have some, and one that is given back twice is one', () => {
  const places = new Places(2, 3);
  const first = places.take('ann') ?? expect.fail();
  expect(places.take('ann')).toBeDefined();
  expect(places.take('ann')).toBeUndefined();
  expect(places.take('ben')).toBeDefined();
  expect(places.take('cat')).toBeUndefined();
  first();
  first();
  expect(places.take('cat')).toBeDefined();
  expect(places.take('dan')).toBeUndefined();
});
