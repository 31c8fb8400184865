/** The sums above a history. */
import { expect, test } from 'vitest';
import { Totals } from './totals.ts';

const sums = (jobs: number) => ({ jobs, completed: jobs, audioSeconds: 1, inputBytes: 2, outputBytes: 3 });

test('of two searches the later one is shown, whichever is answered first', async () => {
  const answers = new Map<string | undefined, (jobs: number) => void>();
  const totals = new Totals(
    ({ name }) =>
      new Promise((resolve) => {
        answers.set(name, (jobs) => resolve(sums(jobs)));
      }),
  );
  const later = { name: 'b' };
  const [first, second] = [totals.load({ name: 'a' }), totals.load(later)];
  answers.get('b')?.(2);
  await second;
  answers.get('a')?.(1);
  await first;
  expect(totals.known.value).toEqual({ search: later, sums: sums(2) });
});

test('what was known stays when the server does not answer, and always tells of which search it is', async () => {
  let isUp = true;
  const totals = new Totals(async () => (isUp ? sums(5) : Promise.reject(new Error('away'))));
  const search = {};
  await totals.load(search);
  isUp = false;
  await totals.load(search);
  await totals.load({ name: 'x' });
  expect(totals.known.value).toEqual({ search, sums: sums(5) });
});
