/** The states of a job, and the ways between them. */
import { expect, test } from 'vitest';
import { isTerminal, jobStatuses, sourcesOf, terminalStatuses } from './states.ts';

test('terminal states have no way out', () => {
  expect(jobStatuses.filter(isTerminal)).toEqual([...terminalStatuses]);
});

test('a store asks from where a state may be reached', () => {
  expect(sourcesOf('processing')).toEqual(['created', 'processing']);
  expect(sourcesOf('completed')).toEqual(['processing']);
  expect(sourcesOf('failed')).toEqual(['created', 'processing']);
  expect(sourcesOf('cancelled')).toEqual(['created', 'processing']);
  expect(sourcesOf('created')).toEqual([]);
});
