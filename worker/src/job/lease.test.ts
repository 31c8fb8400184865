/** The lease: beats that are confirmed, missed, refused. */
import { makeLog } from '@wavefleet/platform/log/log.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Lease, Stopped } from './lease.ts';

/** Production's own clocks; time itself is the only thing that is not real here. */
const settings = { LEASE_MS: 45_000, HEARTBEAT_MS: 20_000, VISIBILITY_TIMEOUT_MS: 60_000 };
const claim = { jobId: 'job', attempt: 1, owner: 'me' };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function start(
  beat: () => Promise<boolean>,
  hide: () => Promise<void> = async () => {},
  claimedAtMs = performance.now(),
) {
  const beats: number[] = [];
  const lease = new Lease(
    {
      transitions: {
        beat: () => {
          beats.push(performance.now());
          return beat();
        },
      },
      queue: { hide },
      log: makeLog('test', 'silent'),
      settings,
    },
    claim,
    'handle',
    claimedAtMs,
  );
  const startedAtMs = performance.now();
  return { lease, beats: () => beats.map((at) => at - startedAtMs) };
}

test('confirmed beats keep the job running, one per period', async () => {
  const { lease, beats } = start(async () => true);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(lease.signal.aborted).toBe(false);
  expect(beats()).toHaveLength(30);
  lease.stop();
});

test.each([
  [18_000, 2_000],
  [30_000, 0],
])(
  'a claim that took %i ms to be answered has its first beat %i ms later, before its lease counts as lost',
  async (answeredAfterMs, firstBeatAtMs) => {
    const askedAtMs = performance.now();
    await vi.advanceTimersByTimeAsync(answeredAfterMs);
    const { lease, beats } = start(async () => true, undefined, askedAtMs);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(lease.signal.aborted).toBe(false);
    expect(beats()[0]).toBe(firstBeatAtMs);
    lease.stop();
  },
);

test('a beat that was long in being answered does not put off the next one', async () => {
  const { lease, beats } = start(async () => {
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    return true;
  });
  await vi.advanceTimersByTimeAsync(70_000);
  expect(beats()).toEqual([20_000, 40_000, 60_000]);
  lease.stop();
});

test('a single missed beat costs nothing: it is tried again within 2 s', async () => {
  let calls = 0;
  const { lease, beats } = start(async () => {
    calls += 1;
    if (calls % 2 === 1) throw new Error('throttled');
    return true;
  });
  await vi.advanceTimersByTimeAsync(300_000);
  expect(lease.signal.aborted).toBe(false);
  expect(beats().slice(0, 2)).toEqual([20_000, 22_000]);
  lease.stop();
});

test('no confirmed beat for five sixths of the lease: the job stops, before anybody else may claim it', async () => {
  const { lease } = start(() => Promise.reject(new Error('no route')));
  await vi.advanceTimersByTimeAsync(37_400);
  expect(lease.signal.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(200);
  expect(lease.signal.reason).toMatchObject({ name: 'Stopped', reason: 'lease-lost' });
});

test('a beat that hangs stops the job as well', async () => {
  const { lease } = start(() => new Promise(() => {}));
  await vi.advanceTimersByTimeAsync(37_600);
  expect(lease.signal.aborted).toBe(true);
});

test('an SQS that hangs or fails stops nothing: the record decides', async () => {
  const hanging = start(
    async () => true,
    () => new Promise(() => {}),
  );
  const failing = start(
    async () => true,
    () => Promise.reject(new Error('gone')),
  );
  await vi.advanceTimersByTimeAsync(600_000);
  expect([hanging.lease.signal.aborted, failing.lease.signal.aborted]).toEqual([false, false]);
  hanging.lease.stop();
  failing.lease.stop();
});

test('a refused beat stops the job at once, and the first reason stays', async () => {
  const { lease, beats } = start(async () => false);
  await vi.advanceTimersByTimeAsync(20_001);
  expect(lease.signal.reason).toBeInstanceOf(Stopped);
  lease.abort('shutdown');
  expect(lease.signal.reason).toMatchObject({ reason: 'lease-lost' });
  expect(lease.isUnheard).toBe(false);
  await vi.advanceTimersByTimeAsync(100_000);
  expect(beats()).toHaveLength(1);
});

test('a shutdown ends the job and not what it writes; a lease that is lost for want of an answer ends both', async () => {
  const { lease } = start(() => Promise.reject(new Error('no route')));
  lease.abort('shutdown');
  expect([lease.signal.aborted, lease.lost.aborted]).toEqual([true, false]);
  await vi.advanceTimersByTimeAsync(37_600);
  expect([lease.lost.aborted, lease.isUnheard]).toEqual([true, true]);
  lease.stop();
});

test.each<[string, () => Promise<boolean>]>([
  ['confirmed', async () => true],
  ['refused, since the job has ended', async () => false],
  ['not answered', () => Promise.reject(new Error('no route'))],
])('a beat under way when it is stopped changes nothing more, be it %s', async (_what, answer) => {
  const answered = Promise.withResolvers<void>();
  const { lease, beats } = start(async () => {
    await answered.promise;
    return await answer();
  });
  await vi.advanceTimersByTimeAsync(20_000);
  lease.stop();
  answered.resolve();
  await vi.advanceTimersByTimeAsync(100_000);
  expect(lease.signal.aborted).toBe(false);
  expect(beats()).toHaveLength(1);
  expect(vi.getTimerCount()).toBe(0);
});
