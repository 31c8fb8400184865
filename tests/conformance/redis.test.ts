/** What we need of Redis: the guarded write in Lua, pub/sub, time to live. */
import { randomUUID } from 'node:crypto';
import { holdingKeys, progressKey } from '@wavefleet/contracts/keys.ts';
import type { ProgressReport } from '@wavefleet/contracts/progress.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { Holdings } from '@wavefleet/platform/limits/holdings.ts';
import { afterAll, beforeAll, expect } from 'vitest';
import { Stand } from '../bring-up/stand.ts';
import { behaviour } from './conforms.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await Stand.start();
});
afterAll(() => stand.stop());

const progress = () => stand.platform.progress;
const cache = () => stand.platform.redis?.cache ?? expect.fail();
const report = (jobId: string, attempt: number, percent: number): ProgressReport => ({
  jobId,
  attempt,
  percent,
  stage: 'convert',
  startTime: 1_764_000_000_123,
  currentTime: 0.125,
  totalDuration: null,
  uploadedSize: 2 ** 40,
  totalSize: null,
  speed: 31.4,
  estimatedTimeRemaining: null,
  updatedAt: '2026-01-01T00:00:00.000Z',
});

/** The report in Redis. */
async function held(jobId: string): Promise<ProgressReport | undefined> {
  const found = await progress().readRedis(jobId);
  return found === undefined || 'endedAt' in found ? undefined : found;
}

const completed = (jobId: string) => ({ jobId, attempt: 1, status: 'completed' as const, error: undefined });

behaviour('the guarded write lets neither attempt nor percent fall', async () => {
  const jobId = randomUUID();
  const seen: unknown[] = [];
  for (const [attempt, percent] of [
    [1, 10],
    [1, 5],
    [2, 3],
    [1, 90],
    [2, 40.5],
    [2, 99],
  ] as const) {
    expect(await progress().write(report(jobId, attempt, percent))).toBe(true);
    const now = await held(jobId);
    seen.push([now?.attempt, now?.percent]);
  }
  expect(seen).toEqual([
    [1, 10],
    [1, 10],
    [2, 10],
    [2, 10],
    [2, 40.5],
    [2, 99],
  ]);
});

behaviour('numbers, fractions and nulls survive the Lua guard', async () => {
  const jobId = randomUUID();
  await progress().write(report(jobId, 1, 12.3));
  expect(await held(jobId)).toEqual(report(jobId, 1, 12.3));
});

behaviour('junk under the key counts as nothing', async () => {
  for (const junk of ['not json', '"text"', '{"attempt":"9","percent":99}', '[]']) {
    const jobId = randomUUID();
    await cache().set(progressKey(jobId), junk);
    await progress().write(report(jobId, 1, 7));
    expect(await held(jobId), junk).toMatchObject({ attempt: 1, percent: 7 });
  }
});

behaviour('progress is forgotten after an hour, counted from the last write', async () => {
  const jobId = randomUUID();
  await progress().write(report(jobId, 1, 1));
  await cache().expire(progressKey(jobId), 10);
  await progress().write(report(jobId, 1, 2));
  expect(await cache().ttl(progressKey(jobId))).toBeGreaterThan(3_590);
  await cache().pexpire(progressKey(jobId), 1);
  await until('it is forgotten', async () => (await held(jobId)) === undefined);
});

behaviour('every write reaches those who listen, of their own job only, and so does its end', async () => {
  const [jobId, other] = [randomUUID(), randomUUID()];
  const heard: unknown[] = [];
  const stop = progress().subscribe(jobId, (news) => heard.push(news === 'ended' ? news : news.percent));
  await until('the subscription', async () => (await cache().pubsub('NUMSUB', `job:${jobId}`))[1] === 1);
  await progress().write(report(other, 1, 77));
  for (const percent of [1, 2.5, 2]) await progress().write(report(jobId, 1, percent));
  await progress().write(report(jobId, 0, 50));
  await progress().ended(completed(jobId));
  await until('the end', () => heard.includes('ended'));
  expect(heard).toEqual([1, 2.5, 2.5, 'ended']);
  stop();
  await until('nobody listens', async () => (await cache().pubsub('NUMSUB', `job:${jobId}`))[1] === 0);
});

behaviour('the end stays, whatever a worker says that has not heard of it', async () => {
  const error = { code: 'CORRUPT_INPUT', message: 'Damaged.', retryable: false } as const;
  for (const [status, progressed] of [
    ['completed', 100],
    ['failed', -1],
    ['cancelled', -1],
  ] as const) {
    const jobId = randomUUID();
    await progress().write(report(jobId, 1, 50));
    await progress().ended({ jobId, attempt: 1, status, error: status === 'failed' ? error : undefined });
    await progress().write(report(jobId, 1, 60));
    await progress().write(report(jobId, 2, 60));
    expect(await progress().readRedis(jobId)).toEqual({
      ...{ jobId, attempt: 1, progress: progressed, stage: status },
      ...(status === 'failed' ? { error: 'Damaged.' } : {}),
      ...{ endedAt: expect.any(Number), updatedAt: expect.any(String) },
    });
    expect(await cache().ttl(progressKey(jobId))).toBeGreaterThan(3_590);
  }
});

behaviour('progress that was removed does not come back, but for a job that is made anew', async () => {
  const jobId = randomUUID();
  await progress().write(report(jobId, 1, 50));
  await progress().remove(completed(jobId));
  await progress().write(report(jobId, 1, 60));
  expect(await held(jobId)).toBeUndefined();
  expect(await cache().ttl(progressKey(jobId))).toBeLessThanOrEqual(300);
  await progress().write({ ...report(jobId, 1, 5), startTime: Date.now() + 1_000 });
  expect(await held(jobId)).toMatchObject({ attempt: 1, percent: 5 });
});

const rule = { name: 'things', limit: 10, forgottenAfterMs: 60_000 };
const holdings = () => new Holdings(stand.platform.redis);
/** Until which of the keys of an owner are gone by themselves, in ms from now; -2 for one that is not there. */
const livesFor = async (ownerId: string) =>
  await Promise.all(holdingKeys(rule.name, ownerId).map((key) => cache().pttl(key)));

behaviour(
  'what an owner holds counts once, and with the last of it nothing is left of the owner',
  async () => {
    const ownerId = randomUUID();
    for (const member of ['a', 'a', 'b']) expect(await holdings().hold(rule, ownerId, member, 5)).toBe(true);
    expect(await holdings().weight(rule, ownerId)).toBe(10);
    expect(await holdings().hold(rule, ownerId, 'c', 1)).toBe(false);
    await holdings().release(rule, ownerId, ['a', 'a', 'unknown']);
    expect(await holdings().weight(rule, ownerId)).toBe(5);
    for (const ms of await livesFor(ownerId)) expect(ms).toBeGreaterThan(50_000);
    await holdings().release(rule, ownerId, ['b']);
    expect(await livesFor(ownerId)).toEqual([-2, -2]);
  },
);

behaviour('what nobody lets go of is forgotten, and then there is room', async () => {
  const ownerId = randomUUID();
  await holdings().hold(rule, ownerId, 'old', 6);
  await holdings().hold(rule, ownerId, 'young', 4);
  expect(await holdings().hold(rule, ownerId, 'next', 6)).toBe(false);
  // Its minute is over.
  await cache().zadd(holdingKeys(rule.name, ownerId)[0], Date.now() - 1, 'old');
  expect(await holdings().hold(rule, ownerId, 'next', 6)).toBe(true);
  expect(await holdings().weight(rule, ownerId)).toBe(10);
});

behaviour(
  'what becomes another owner’s counts once there, whatever that one holds, and goes with its time',
  async () => {
    const [browser, account] = [randomUUID(), randomUUID()];
    await holdings().hold(rule, browser, 'a', 5);
    await holdings().hold(rule, account, 'a', 5);
    await holdings().hold(rule, browser, 'b', 5);
    for (let each = 0; each < 2; each += 1) {
      await holdings().moveAll({ ...rule, limit: 1 }, browser, account);
      expect(await holdings().weight(rule, account)).toBe(10);
    }
    expect(await livesFor(browser)).toEqual([-2, -2]);
    const fresh = randomUUID();
    await holdings().moveAll(rule, account, fresh);
    for (const ms of await livesFor(fresh)) expect(ms).toBeGreaterThan(50_000);
  },
);
