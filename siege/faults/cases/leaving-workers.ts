/** Workers that are told to go, and come. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '@wavefleet/localstack/waiting.ts';
import { lines } from '@wavefleet/platform/log/table.ts';
import { logLines } from '@wavefleet/tests/bring-up/observers.ts';
import { scaled } from '../rig/clocks.ts';
import type { Accepted } from '../rig/load.ts';
import type { Rig } from '../rig/rig.ts';
import { isPoll, oneAtWork } from './at-work.ts';
import { type FaultCase, require } from './case.ts';

/** Two workers, the one and the other. */
const REPLACED_EVERY_MS = scaled(30_000);
const REPLACED_AT_LEAST = 4;
/** What a worker says once it takes no job any more. */
const DRAINING = lines['worker.draining'].message;

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

/** What it has been given, and does not know of yet, goes to somebody else without an attempt. */
async function receivedWhileGoing(rig: Rig) {
  const leaving = rig.fleet.workers[0];
  if (leaving === undefined) throw new Error('there is no worker');
  const drains = async () =>
    (await logLines(join(rig.fleet.logDir, `${leaving.name}.log`))).filter(({ msg }) => msg === DRAINING);
  const before = (await drains()).length;
  const gate = Promise.withResolvers<void>();
  const submitted = rig.load.submit(rig.jobs);
  const poll = rig.proxy.inject({
    hits: (call) => isPoll(call) && call.caller === leaving.name,
    effect: { kind: 'hold', when: 'after', until: gate.promise },
    times: 1,
  });
  await rig.proxy.answered(await poll.nth(1));
  const told = leaving.stop('SIGTERM');
  await until('it drains', async () => (await drains()).length > before);
  gate.resolve();
  const [jobs, code] = [await submitted, await told];
  require(code === 0, 'the exit code is not 0');
  return { jobs };
}

/** Told to go one after the other, each replaced, under load. */
async function rollingDeploy(rig: Rig) {
  let isOver = false;
  let replaced = 0;
  const order = async () => {
    const jobs: Accepted[] = [];
    // A fast machine has done a hundred before enough workers have gone.
    do {
      const more = await rig.load.submit(rig.jobs * 5);
      await Promise.all(more.map(({ jobId }) => rig.history.ended(jobId)));
      jobs.push(...more);
    } while (replaced < REPLACED_AT_LEAST);
    isOver = true;
    return jobs;
  };
  const over = order();
  // Whoever finds a shortfall first says so.
  over.catch(() => undefined);
  for (; !isOver; replaced += 1) {
    const { name } = rig.fleet.workers[replaced % 2] ?? { name: '' };
    require((await rig.process(name).stop('SIGTERM')) === 0, 'the exit code is not 0');
    await until('it is replaced', () => rig.fleet.workers.every(({ alive }) => alive));
    await Promise.all(rig.fleet.workers.map(({ ready }) => ready));
    await Promise.race([over, sleep(REPLACED_EVERY_MS)]);
  }
  // What one worker has handed back may lie with the other one when that has to go.
  return { jobs: await over, extraAttempts: replaced, extraAttemptsOfJob: 2 };
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
