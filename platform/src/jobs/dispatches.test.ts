/** Which notes are made of jobs whose message was sent, when, and in how many calls. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Dispatches } from './dispatches.ts';

const times = { noteAfterMs: 20_000, redispatchAfterMs: 300_000 };
/** The table: which of the jobs nobody has begun, and what is asked of it. */
function rig() {
  const unbegun = new Set<string>();
  const looks: string[][] = [];
  const noted: [string, number][] = [];
  const hurried: string[] = [];
  let isAway = false;
  const answer = <T>(value: T) => (isAway ? Promise.reject(new Error('away')) : Promise.resolve(value));
  const dispatches = new Dispatches(
    {
      unsentOf(jobIds) {
        looks.push([...jobIds]);
        return answer(new Set([...jobIds].filter((jobId) => unbegun.has(jobId))));
      },
    },
    {
      dispatched(jobId, dueAt) {
        noted.push([jobId, dueAt]);
        return answer(undefined);
      },
      hurry(jobId) {
        hurried.push(jobId);
        return answer(undefined);
      },
    },
    times,
  );
  const away = (is: boolean) => {
    isAway = is;
  };
  return { dispatches, unbegun, looks, noted, hurried, away };
}
const tick = async (ms: number) => await vi.advanceTimersByTimeAsync(ms);

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

test('of jobs that somebody has begun nothing is noted, of others that their message was sent, and when to look again', async () => {
  const { dispatches, unbegun, looks, noted } = rig();
  const [taken, waits] = [randomUUID(), randomUUID()];
  unbegun.add(waits);
  for (const jobId of [taken, waits]) dispatches.sent(jobId);
  await tick(times.noteAfterMs);
  expect(looks).toEqual([]);
  await tick(times.noteAfterMs / 4);
  expect(looks).toEqual([[taken, waits]]);
  expect(noted).toEqual([[waits, 1_000_000 + times.redispatchAfterMs]]);
});

test('those of some seconds are looked at together, a hundred in one call, and none before its time', async () => {
  const { dispatches, looks } = rig();
  for (let nth = 0; nth < 250; nth += 1) {
    dispatches.sent(randomUUID());
    await tick(20);
  }
  const late = randomUUID();
  await tick(1_000);
  dispatches.sent(late);
  await tick(times.noteAfterMs);
  expect(looks.map(({ length }) => length)).toEqual([100, 100, 50]);
  await tick(times.noteAfterMs);
  expect(looks.at(-1)).toEqual([late]);
});

test('where the table does not answer nothing is noted: such a job is sent one message more', async () => {
  const { dispatches, unbegun, noted, looks, away } = rig();
  const jobId = randomUUID();
  unbegun.add(jobId);
  dispatches.sent(jobId);
  away(true);
  await tick(2 * times.noteAfterMs);
  away(false);
  await tick(4 * times.noteAfterMs);
  expect(looks).toHaveLength(1);
  expect(noted).toEqual([]);
});

test('a message that was missed is told at once, and again until the table takes it', async () => {
  const { dispatches, hurried, away } = rig();
  const jobId = randomUUID();
  away(true);
  dispatches.missed(jobId);
  await tick(1);
  expect(hurried).toEqual([jobId]);
  await tick(2 * times.noteAfterMs);
  expect(hurried).toEqual([jobId, jobId]);
  away(false);
  await tick(4 * times.noteAfterMs);
  expect(hurried).toEqual([jobId, jobId, jobId]);
});

test('who ends notes all at once', async () => {
  const { dispatches, unbegun, noted } = rig();
  const jobId = randomUUID();
  unbegun.add(jobId);
  dispatches.sent(jobId);
  await dispatches.settle();
  expect(noted).toHaveLength(1);
});
