/** What a reader is woken by, and what it skips. The streams themselves are in `tests/e2e/api-events.test.ts`. */
import type { ProgressReport } from '@wavefleet/contracts/progress.ts';
import { expect, test } from 'vitest';
import { report } from '../jobs/sample.testing.ts';
import { NewestMessage } from './event-stream.ts';

const percentOf = (message: ProgressReport | 'ended' | undefined) =>
  typeof message === 'object' ? message.percent : message;

test('a slow reader gets the newest message only', async () => {
  const newest = new NewestMessage();
  newest.put(report({ percent: 1 }));
  newest.put(report({ percent: 2 }));
  expect(percentOf(await newest.take(0))).toBe(2);
  expect(await newest.take(0)).toBeUndefined();
});

test('a waiting reader is woken', async () => {
  const newest = new NewestMessage();
  const taken = newest.take(60_000);
  newest.put(report({ percent: 3 }));
  expect(percentOf(await taken)).toBe(3);
});

test('the end is never skipped', async () => {
  const newest = new NewestMessage();
  newest.put('ended');
  newest.put(report({ percent: 4 }));
  expect(await newest.take(0)).toBe('ended');
});
