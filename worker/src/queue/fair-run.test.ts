/** Which job a message is used for, and what becomes of the message. */
import { afterEach, expect, test, vi } from 'vitest';
import { DONE, type Outcome } from '../job/outcome.ts';
import { runFairly } from './fair-run.ts';

const [own, other, third] = [
  '00000000-0000-4000-8000-000000000001',
  '00000000-0000-4000-8000-000000000002',
  '00000000-0000-4000-8000-000000000003',
] as const;
const GONE: Outcome = { kind: 'done', refused: true };
const LEASED: Outcome = { kind: 'hide', ms: 7_000, refused: true };

afterEach(() => vi.useRealTimers());

/** @param board the job taken instead of the message's own, those taken after it, and those without a message. */
async function used(
  instead: string | undefined,
  board: string[],
  outcomes: Record<string, Outcome>,
  strays: string[] = [],
) {
  const ran: string[] = [];
  const turns = {
    insteadOf: async () => instead,
    next: async () => board.shift(),
    nextForStray: async () => strays.shift(),
  };
  const message = { v: 1, jobId: own, traceparent: '00-a-b-01' } as const;
  const outcome = await runFairly(turns, message, async ({ jobId, traceparent }) => {
    ran.push(jobId);
    expect(traceparent).toBe(jobId === own ? message.traceparent : undefined);
    return outcomes[jobId] ?? DONE;
  });
  return { ran, outcome };
}

test('without a board a message runs its own job', async () => {
  expect(await used(undefined, [], {})).toEqual({ ran: [own], outcome: DONE });
});

test('a message is used for the job whose turn it is, and goes with it', async () => {
  expect(await used(other, [own], {})).toEqual({ ran: [other], outcome: DONE });
});

test('what becomes of that job becomes of the message', async () => {
  const retry: Outcome = { kind: 'hide', ms: 9, trouble: true };
  expect(await used(other, [own], { [other]: retry })).toEqual({ ran: [other], outcome: retry });
});

test('a message whose job is over is used for another one, and goes when there is none', async () => {
  expect(await used(undefined, [other], { [own]: GONE })).toEqual({ ran: [own, other], outcome: DONE });
  expect(await used(undefined, [], { [own]: GONE })).toEqual({ ran: [own], outcome: DONE });
});

test('a message whose job cannot be taken yet waits with it, whoever else waits', async () => {
  expect(await used(undefined, [other], { [own]: LEASED })).toEqual({ ran: [own], outcome: LEASED });
});

test('a message whose job cannot be taken yet is used for one without a message, and waits on for its own', async () => {
  const retry: Outcome = { kind: 'hide', ms: 9, trouble: true };
  vi.useFakeTimers({ toFake: ['performance'] });
  const leased = { [own]: LEASED };
  expect(await used(undefined, [], leased, [other, third])).toEqual({ ran: [own, other], outcome: LEASED });
  expect(await used(undefined, [], { ...leased, [other]: GONE }, [other, third])).toEqual({
    ran: [own, other, third],
    outcome: LEASED,
  });
  expect(await used(undefined, [], { ...leased, [other]: retry }, [other])).toEqual({
    ran: [own, other],
    outcome: retry,
  });
  const lies = Array.from({ length: 100 }, () => other);
  const { ran, outcome } = await used(undefined, [], { ...leased, [other]: GONE }, lies);
  expect(ran).toEqual([own, ...Array.from({ length: 20 }, () => other)]);
  expect(outcome).toEqual(LEASED);
});

test('a message that may have to bring its own job back in a moment is lent to no other', async () => {
  const soon: Outcome = { ...LEASED, isAwaited: true };
  expect(await used(undefined, [], { [own]: soon }, [other])).toEqual({ ran: [own], outcome: soon });
});

test('what the other one has taken of the time, it is not hidden for again', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const spent = async (ms: number) => {
    const turns = { insteadOf: async () => undefined, next: async () => undefined };
    const strays = [other];
    const nextForStray = async () => strays.shift();
    return await runFairly({ ...turns, nextForStray }, { v: 1, jobId: own }, async ({ jobId }) => {
      if (jobId === own) return LEASED;
      vi.advanceTimersByTime(ms);
      return DONE;
    });
  };
  expect(await spent(1_500)).toEqual({ ...LEASED, ms: 5_500 });
  expect(await spent(60_000)).toEqual({ ...LEASED, ms: 0 });
});

test('a job of the board that cannot be taken is passed over', async () => {
  expect(await used(other, [third], { [other]: LEASED })).toEqual({ ran: [other, third], outcome: DONE });
  expect(await used(other, [], { [other]: GONE })).toEqual({ ran: [other, own], outcome: DONE });
});

test('a board that is full of lies costs twenty tries, and then the message’s own job runs', async () => {
  const lies = Array.from({ length: 100 }, () => other);
  const { ran, outcome } = await used(other, lies, { [other]: GONE });
  expect(ran).toEqual([...Array.from({ length: 20 }, () => other), own]);
  expect(outcome).toBe(DONE);
});
