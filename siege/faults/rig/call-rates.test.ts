/** What is made of counts that were taken each second. */
import { expect, test } from 'vitest';
import { inWords, ratesOf } from './call-rates.ts';

test('calls before the first look do not count, and the worst second is that of the one process', () => {
  const rates = ratesOf(
    ['api', 'worker-0'],
    [
      [100, 7],
      [101, 7],
      [106, 9],
      [108, 9],
    ],
  );
  expect(rates.map(inWords)).toEqual([
    'api 8 calls, 5 in a second at most',
    'worker-0 2 calls, 2 in a second at most',
  ]);
});
