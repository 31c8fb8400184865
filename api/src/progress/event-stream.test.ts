/** What a reader is woken by, and what it skips. The streams themselves are in `tests/e2e/api-events.test.ts`. */
import type { ProgressReport, ProgressView } from '@wavefleet/contracts/progress.ts';
import { afterEach, expect, test, vi } from 'vitest';
import { report } from '../jobs/sample.testing.ts';
import { type Position, START } from './event-position.ts';
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

type Listener = (message: ProgressReport | 'ended') => void;

interface Watched {
  readonly status: 'created' | 'processing';
  readonly attempt?: number;
  readonly isTold?: boolean;
  readonly from?: Position;
}

/** A reader of a job whose record stays as it is for as long as it is watched. */
function watch({ status, attempt = 0, isTold = true, from = START }: Watched) {
  vi.useFakeTimers();
  const jobId = 'c0ffee00-0000-4000-8000-000000000000';
  const job: ShownJob = { jobId, status, attempt, updatedAt: new Date().toISOString() };
  const seen = { looks: 0, views: [] as ProgressView[], listeners: new Set<Listener>() };
  const at = async () => {
    seen.looks += 1;
    return { job, report: undefined };
  };
  const subscribe = (_jobId: string, listener: Listener) => {
    seen.listeners.add(listener);
    return () => void seen.listeners.delete(listener);
  };
  const deps = {
    look: { at },
    views: new ProgressViews(),
    progress: { subscribe, isTold },
    log: { say: () => undefined },
  };
  const gone = new AbortController();
  const sink = {
    send: async (view: ProgressView) => void seen.views.push(view),
    heartbeat: async () => undefined,
  };
  const ended = streamEvents(deps, { jobId, ownerId: 'me', first: job, from }, sink, gone.signal);
  const tell = (message: ProgressReport) => seen.listeners.forEach((listener) => void listener(message));
  const leave = async () => {
    gone.abort();
    await ended;
  };
  return { seen, tell, leave };
}

/** How often the job is looked at within that time. */
async function looksWithin(ms: number, status: 'created' | 'processing', isTold: boolean): Promise<number> {
  const { seen, leave } = watch({ status, isTold });
  await vi.advanceTimersByTimeAsync(ms);
  await leave();
  return seen.looks;
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

test('reports keep nobody from looking at the record: Redis may have lost the word of the end', async () => {
  const { seen, tell, leave } = watch({ status: 'processing', attempt: 1 });
  for (let percent = 1; percent <= 22; percent += 1) {
    await vi.advanceTimersByTimeAsync(500);
    tell(report({ attempt: 1, percent }));
  }
  await leave();
  expect(seen.looks).toBe(2);
});

test('a report of an attempt that the record did not have yet has the record looked at', async () => {
  const { seen, tell, leave } = watch({ status: 'processing', attempt: 1 });
  await vi.advanceTimersByTimeAsync(0);
  tell(report({ attempt: 2, percent: 50 }));
  await vi.advanceTimersByTimeAsync(0);
  await leave();
  expect(seen.looks).toBe(2);
});

test('who comes from a process that has seen more is shown no less', async () => {
  const from = { rank: 1, attempt: 2, tenths: 505, time: 0 };
  const { seen, leave } = watch({ status: 'processing', attempt: 1, from });
  await vi.advanceTimersByTimeAsync(0);
  await leave();
  expect(seen.views).toMatchObject([{ attempt: 2, progress: 50.5 }]);
});

test('who has left is told nothing any more', async () => {
  const { seen, leave } = watch({ status: 'processing' });
  expect(seen.listeners.size).toBe(1);
  await leave();
  expect(seen.listeners.size).toBe(0);
});
