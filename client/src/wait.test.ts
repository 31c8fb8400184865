/** Waits between two tries: ended by whoever asked, and leaving nothing behind. */
import { getEventListeners } from 'node:events';
import { expect, onTestFinished, test, vi } from 'vitest';
import { backoffMs, sleep } from './wait.ts';

test('a wait that has ended, or never began, leaves neither a timer nor a listener', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const over = new AbortController();
  const { signal } = over;
  const waited = sleep(1_000, signal);
  await vi.advanceTimersByTimeAsync(1_000);
  await waited;
  expect(getEventListeners(signal, 'abort')).toEqual([]);

  const broken = sleep(1_000, signal);
  const reason = new Error('enough');
  over.abort(reason);
  await expect(broken).rejects.toBe(reason);
  await expect(sleep(1_000, signal)).rejects.toBe(reason);
  expect(vi.getTimerCount()).toBe(0);
});

test('pauses double up to the longest, each by up to a half shorter', () => {
  const pauses = (random: number) =>
    [1, 2, 3, 4].map((failures) => backoffMs(failures, 100, 350, () => random));
  expect(pauses(1)).toEqual([100, 200, 350, 350]);
  expect(pauses(0)).toEqual([50, 100, 175, 175]);
});
