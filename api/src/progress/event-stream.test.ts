/** What a reader is woken by, and what it skips. The streams themselves are in `tests/e2e/api-events.test.ts`. */
import type { ProgressReport } from '@wavefleet/contracts/progress.ts';
import { afterEach, expect, test, vi } from 'vitest';
import { report } from '../jobs/sample.testing.ts';
import { START } from './event-position.ts';
import { NewestMessage, streamEvents } from './event-stream.ts';
import type { ShownJob } from './job-look.ts';
import { ProgressViews } from './progress-view.ts';

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

afterEach(() => void vi.useRealTimers());

/** A reader of a job whose record says `status` for as long as it is watched. Answers how often it is looked at. */
async function looksWithin(ms: number, status: 'created' | 'processing', isTold: boolean): Promise<number> {
  vi.useFakeTimers();
  const jobId = 'c0ffee00-0000-4000-8000-000000000000';
  const job: ShownJob = { jobId, status, attempt: 0, updatedAt: new Date().toISOString() };
  let looks = 0;
  const at = async () => {
    looks += 1;
    return { job, report: undefined };
  };
  const deps = {
    look: { at },
    views: new ProgressViews(),
    progress: { subscribe: () => () => undefined, isTold },
    log: { say: () => undefined },
  };
  const gone = new AbortController();
  const sink = { send: async () => undefined, heartbeat: async () => undefined };
  const of = { jobId, ownerId: 'me' };
  const ended = streamEvents(deps, of, { first: job, from: START }, sink, gone.signal);
  await vi.advanceTimersByTimeAsync(ms);
  gone.abort();
  await ended;
  return looks;
}

test('a job that waits is looked at rarely: somebody will tell when it begins', async () => {
  expect(await looksWithin(60_000, 'created', true)).toBeLessThanOrEqual(9);
});

test('without Redis a job that waits is looked at less and less often', async () => {
  expect(await looksWithin(4_000, 'created', false)).toBe(3);
  expect(await looksWithin(60_000, 'created', false)).toBeLessThanOrEqual(16);
});

test('a job at work that says nothing is looked at every second', async () => {
  expect(await looksWithin(10_000, 'processing', true)).toBeGreaterThanOrEqual(10);
});
