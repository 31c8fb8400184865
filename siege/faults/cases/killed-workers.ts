/** Workers that die. */
import { until } from '@wavefleet/localstack/waiting.ts';
import type { Call } from '@wavefleet/tests/bring-up/proxy/call.ts';
import { takenOverMs } from '../rig/clocks.ts';
import type { Rig } from '../rig/rig.ts';
import { whileConverting } from '../rig/stand-in-ffmpeg.ts';
import { byWorker, isPoll, never, oneAtWork, workerOf } from './at-work.ts';
import type { FaultCase } from './case.ts';

/** @param cost attempts that the death costs. */
function killedAt(hits: (call: Call) => boolean, when: 'before' | 'after', cost: number): FaultCase['run'] {
  return async (rig) => {
    const held = rig.proxy.inject({ hits, effect: { kind: 'hold', when, until: never }, times: 1 });
    const submitted = rig.load.submit(rig.jobs);
    const call = await held.nth(1);
    if (when === 'after') await rig.proxy.answered(call);
    await rig.kill(call.caller);
    return { jobs: await submitted, extraAttempts: cost };
  };
}

async function killedWhileConverting(rig: Rig) {
  const { job, worker } = await oneAtWork(rig, 60);
  const others = rig.load.submit(rig.jobs - 1);
  await rig.kill(worker);
  return { jobs: [job, ...(await others)], extraAttempts: 1 };
}

async function poisonInput(rig: Rig) {
  await rig.ffmpeg.behaves(whileConverting('mark poison; exec sleep 60'));
  const poison = await rig.load.submitOne();
  const attempts = (count: number) =>
    until(
      `attempt ${count}`,
      () => rig.history.writesOf(poison.jobId).filter(({ what }) => what === 'claim').length >= count,
      takenOverMs * 4 + 20_000,
    );
  for (let deaths = 1; deaths <= 3; deaths += 1) {
    await attempts(deaths);
    await until('FFmpeg runs', async () => (await rig.ffmpeg.traces('poison')) >= deaths, 30_000);
    await rig.kill(await workerOf(rig, poison.jobId));
  }
  await rig.ffmpeg.behaves('');
  const others = await rig.load.submit(rig.jobs);
  const failures = new Map([[poison.jobId, 'WORKER_CRASHED' as const]]);
  return {
    jobs: [poison, ...others],
    failures,
    extraAttempts: 3,
    extraAttemptsOfJob: 3,
    endWithinMs: 60_000,
  };
}

export const killedWorkerCases: readonly FaultCase[] = [
  {
    id: 'F37a',
    breaks: 'a worker is killed with a message just received',
    seen: 'that job takes longer by the visibility timeout',
    how: 'ReceiveMessage answered and held, SIGKILL',
    run: killedAt(isPoll, 'after', 0),
  },
  {
    id: 'F37b',
    breaks: 'a worker is killed while it downloads',
    seen: 'that job takes longer by a lease',
    how: 'GetObject held, SIGKILL',
    run: killedAt(byWorker('GetObject'), 'after', 1),
  },
  {
    id: 'F37c',
    breaks: 'a worker is killed while FFmpeg runs',
    seen: 'that job takes longer by a lease',
    how: 'FFmpeg sleeps, SIGKILL to its worker',
    quick: true,
    run: killedWhileConverting,
  },
  {
    id: 'F62',
    breaks: 'a file that kills whatever works on it',
    seen: 'that job fails with WORKER_CRASHED after the third death',
    how: 'SIGKILL to the worker in each attempt',
    run: poisonInput,
  },
];
