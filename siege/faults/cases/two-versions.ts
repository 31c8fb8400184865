/** F67b: a deployment, with workers of two versions, records of former ones, and the API replaced in turn. */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isTerminal, jobStatusSchema } from '@wavefleet/contracts/states.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { giveSource, readFixture, store, versions } from '@wavefleet/tests/rolling/fixture.ts';
import { scaled } from '../rig/clocks.ts';
import type { Rig } from '../rig/rig.ts';
import { replaceWorker } from './at-work.ts';
import { type FaultCase, require } from './case.ts';
import { saidSince } from './logs.ts';
import { send } from './send.ts';

const REPLACED_EVERY_MS = scaled(30_000);
/** Jobs that only workers of this version can do. */
const OF_LATER = 2;

/** Settings of a worker whose build can do less by one than this one: the number of `needs.ts` is another one as it is read. */
const ofBefore = {
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(`
    import { registerHooks } from 'node:module';
    registerHooks({
      load(url, context, next) {
        const loaded = next(url, context);
        if (!url.endsWith('/contracts/src/needs.ts')) return loaded;
        return { ...loaded, source: String(loaded.source).replace('ABILITY = ', 'ABILITY = -1 + ') };
      },
    });`)}`,
};

async function replaceApi(rig: Rig): Promise<void> {
  require((await rig.process('api').stop('SIGTERM')) === 0, 'the exit code of the API is not 0');
  await rig.fleet.restartApi();
}

/** What former versions have stored and sent. @returns the jobs of it that are not over. */
async function takeFormer(rig: Rig): Promise<string[]> {
  const clip = await readFile(rig.fleet.file('clip.wav'));
  const open: string[] = [];
  for (const version of versions) {
    const fixture = readFixture(version, rig.platform.objects.bucket);
    const jobs = await Promise.all(fixture.jobs.map((job) => giveSource(rig.platform, job, clip)));
    await store(rig.platform, { ...fixture, jobs });
    for (const message of fixture.messages) await send(rig, rig.fleet.env.JOBS_QUEUE_URL, message);
    for (const { jobId, status } of jobs) if (!isTerminal(jobStatusSchema.parse(status))) open.push(jobId);
  }
  return open;
}

async function deployment(rig: Rig) {
  const startedAtMs = Date.now();
  for (const place of [0, 1]) await replaceWorker(rig, place, ofBefore);
  const sound = rig.load.accepted('').sound;
  const order = { fileId: rig.load.fileId, format: 'flac', options: { pipeline: 'stream' } } as const;
  const ofLater = await Promise.all(
    Array.from({ length: OF_LATER }, async () => ({ ...(await rig.client.jobs.submit(order)), sound })),
  );
  const leftAlone = async () => (await saidSince(rig, 'job.for-newer', startedAtMs)).length >= OF_LATER;
  await until('workers of before leave alone what they cannot do', leftAlone);
  const former = await takeFormer(rig);
  const submitted = rig.load.submit(rig.jobs * 3);
  let isOver = false;
  const over = submitted.then(async (jobs) => {
    await Promise.all([...jobs, ...ofLater].map(({ jobId }) => rig.history.ended(jobId)));
    await Promise.all(former.map((jobId) => rig.history.ended(jobId)));
    isOver = true;
  });
  // Whoever finds a shortfall first says so.
  over.catch(() => undefined);
  let replaced = 0;
  for (; !isOver || replaced < 4; replaced += 1) {
    await replaceWorker(rig, replaced % 2, replaced % 4 < 2 ? {} : ofBefore);
    await replaceApi(rig);
    await Promise.race([over, sleep(REPLACED_EVERY_MS)]);
  }
  await over;
  for (const jobId of former) {
    const job = await rig.platform.jobs.get(jobId);
    require(job?.status === 'completed', `job ${jobId} of a former version is ${job?.status}`);
  }
  for (const place of [0, 1]) await replaceWorker(rig, place, {});
  // What one worker has handed back may lie with the other one when that has to go.
  return { jobs: [...(await submitted), ...ofLater], extraAttempts: replaced, extraAttemptsOfJob: 2 };
}

export const twoVersionCases: readonly FaultCase[] = [
  {
    id: 'F67b',
    breaks: 'a deployment goes to and fro under load, with records of former versions',
    seen: 'nothing; what only later workers can do waits for them',
    how: `workers that can do less and workers of today in turn, the API by SIGTERM each time, then ${REPLACED_EVERY_MS / 1000} s; 60 jobs, and those of tests/rolling`,
    // Records of others would be found by the cases that follow.
    env: {},
    run: deployment,
  },
];
