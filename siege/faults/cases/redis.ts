/** F47: a Redis that is there and no help. */
import { setTimeout as sleep } from 'node:timers/promises';
import { progressKey } from '@wavefleet/contracts/keys.ts';
import { tellRedis } from '../rig/raw-redis.ts';
import type { Rig } from '../rig/rig.ts';
import type { FaultCase } from './case.ts';

/** @param harm is done before the first job, and again with each one accepted. @param mend undoes it. */
function under(
  harm: (redisUrl: string, jobId: string | undefined) => Promise<unknown>,
  mend?: (redisUrl: string) => Promise<unknown>,
): FaultCase['run'] {
  return async (rig: Rig) => {
    const url = rig.fleet.env.REDIS_URL ?? '';
    await harm(url, undefined);
    const watching = new AbortController();
    const jobs = [];
    for (let count = 0; count < rig.jobs; count += 1) {
      const job = await rig.load.submitOne();
      jobs.push(job);
      await harm(url, job.jobId);
    }
    const looking = rig.load.watch(jobs, watching.signal);
    await Promise.race([Promise.all(jobs.map(({ jobId }) => rig.history.ended(jobId))), sleep(30_000)]);
    await mend?.(url);
    watching.abort();
    await looking;
    return { jobs };
  };
}

const oom = under(
  (url) => tellRedis(url, 'CONFIG', 'SET', 'maxmemory', '1kb', 'maxmemory-policy', 'noeviction'),
  (url) => tellRedis(url, 'CONFIG', 'SET', 'maxmemory', '64mb', 'maxmemory-policy', 'allkeys-lru'),
);
const readOnly = under(
  (url) => tellRedis(url, 'REPLICAOF', '127.0.0.1', '1'),
  (url) => tellRedis(url, 'REPLICAOF', 'NO', 'ONE'),
);
const flushed = under((url) => tellRedis(url, 'FLUSHALL'));
const junk = under(async (url, jobId) => {
  if (jobId !== undefined) await tellRedis(url, 'SET', progressKey(jobId), '{"percent":');
});
const lying = under(async (url, jobId) => {
  if (jobId === undefined) return;
  const report = { jobId, attempt: 1, percent: 99, stage: 'upload', updatedAt: new Date().toISOString() };
  await tellRedis(url, 'SET', progressKey(jobId), JSON.stringify(report));
});

const facts = [
  ['F47a', 'Redis has no memory left', 'CONFIG SET maxmemory 1kb, noeviction', oom],
  ['F47b', 'Redis takes no writes', 'REPLICAOF a host that is not there', readOnly],
  ['F47c', 'Redis loses everything, again and again', 'FLUSHALL with each job', flushed],
  ['F47d', 'Redis holds junk in the place of progress', 'SET of half a JSON with each job', junk],
  ['F47e', 'Redis says that nothing is left to do', 'SET of 99 % with each job', lying],
] as const;

export const redisCases: readonly FaultCase[] = facts.map(([id, breaks, how, run]) => ({
  id,
  breaks,
  how,
  run,
  seen: 'jobs complete in their first attempt, and no percent that is shown falls',
  quick: id === 'F47c',
}));
