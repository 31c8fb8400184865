/** The index of histories and what is read from it. */
import { expect, test } from 'vitest';
import { historyJobSchema } from './job-history.ts';
import { resources } from './resources.ts';

test('the index holds what a history shows and nothing else', () => {
  const { hashKey, indexes } = resources.tables.jobs;
  const history = indexes.find(({ name }) => name === 'history');
  const held = [hashKey.name, history?.rangeKey.name, ...(history?.attributes ?? [])];
  expect(held.toSorted()).toEqual(Object.keys(historyJobSchema.shape).toSorted());
});
