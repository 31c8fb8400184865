import { expect, test } from 'vitest';
import { isTerminal, jobStatuses, sourcesOf, terminalStatuses, transition } from './states.ts';

const legal = new Set([
  'created→processing',
  'created→cancelled',
  'processing→processing',
  'processing→completed',
  'processing→failed',
  'processing→cancelled',
]);

test.each(jobStatuses.flatMap((from) => jobStatuses.map((to) => [from, to] as const)))(
  '%s → %s',
  (from, to) => {
    if (legal.has(`${from}→${to}`)) expect(transition(from, to)).toBe(to);
    else expect(() => transition(from, to)).toThrow(`illegal job transition: ${from} → ${to}`);
  },
);

test('terminal states have no way out', () => {
  expect(jobStatuses.filter(isTerminal)).toEqual([...terminalStatuses]);
});

test('a store asks from where a state may be reached', () => {
  expect(sourcesOf('processing')).toEqual(['created', 'processing']);
  expect(sourcesOf('completed')).toEqual(['processing']);
  expect(sourcesOf('cancelled')).toEqual(['created', 'processing']);
});
