/** Workers that are told to go, and come. */
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '@wavefleet/localstack/waiting.ts';
import { scaled } from '../rig/clocks.ts';
import type { Rig } from '../rig/rig.ts';
import { isPoll, oneAtWork } from './at-work.ts';
import { type FaultCase, require } from './case.ts';

/** Two workers, the one and the other. */
const REPLACED_EVERY_MS = scaled(30_000);

async function toldToGo(rig: Rig) {
  const { job, worker } = await oneAtWork(rig, 60);
  const others = rig.load.submit(rig.jobs - 1);
  const leaving = rig.process(worker);
  const startedAtMs = performance.now();
  require((await leaving.stop('SIGTERM')) === 0, 'the exit code is not 0');
  require(performance.now() - startedAtMs < 20_000, 'it took more than 20 s to go');
  const handedBack = await rig.platform.jobs.get(job.jobId);
  require((handedBack?.crashes ?? 9) <= 1, 'the shutdown was counted as a crash');
  return { jobs: [job, ...(await others)], extraAttempts: 1 };
}

async function receivedWhileGoing(rig: Rig) {
  const idle = rig.fleet.workers.map(({ name }) => name);
  const poll = rig.proxy.inject({
    hits: (call) => isPoll(call) && call.caller === idle[0],
    effect: { kind: 'hold', when: 'after', until: sleep(2_500) },
    times: 1,
  });
  await poll.nth(1);
  const submitted = rig.load.submit(rig.jobs);
  const leaving = rig.process(idle[0] ?? '');
  const told = sleep(1_000).then(async () => await leaving.stop('SIGTERM'));
  const [jobs, code] = [await submitted, await told];
  require(code === 0, 'the exit code is not 0');
  return { jobs, extraAttempts: 1 };
}

/** Told to go one after the other, each replaced, under load. */
async function rollingDeploy(rig: Rig) {
  const submitted = rig.load.submit(rig.jobs * 5);
  let isOver = false;
  const over = submitted.then(async (jobs) => {
    await Promise.all(jobs.map(({ jobId }) => rig.history.ended(jobId)));
    isOver = true;
  });
  // Whoever finds a shortfall first says so.
  over.catch(() => undefined);
  let replaced = 0;
  for (; !isOver; replaced += 1) {
    const { name } = rig.fleet.workers[replaced % 2] ?? { name: '' };
    require((await rig.process(name).stop('SIGTERM')) === 0, 'the exit code is not 0');
    await until('it is replaced', () => rig.fleet.workers.every(({ alive }) => alive));
    await Promise.all(rig.fleet.workers.map(({ ready }) => ready));
    await Promise.race([over, sleep(REPLACED_EVERY_MS)]);
  }
  await over;
  require(replaced >= 4, `only ${replaced} workers were replaced`);
  return { jobs: await submitted, extraAttempts: replaced };
}

export const leavingWorkerCases: readonly FaultCase[] = [
  {
    id: 'F39',
    breaks: 'a worker is told to go in mid-conversion',
    seen: 'that job takes longer by the part that was done',
    how: 'SIGTERM while FFmpeg sleeps',
    quick: true,
    run: toldToGo,
  },
  {
    id: 'F40',
    breaks: 'a message comes to a worker that was told to go',
    seen: 'nothing',
    how: 'ReceiveMessage held past SIGTERM',
    run: receivedWhileGoing,
  },
  {
    id: 'F67',
    breaks: 'workers are replaced one after the other under load',
    seen: 'nothing',
    how: `SIGTERM and replacement, then ${REPLACED_EVERY_MS / 1000} s (30 s by the clocks of production), until 100 jobs are over`,
    run: rollingDeploy,
  },
];
