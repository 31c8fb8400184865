/** Workers that die, freeze, are told to go, come twice, or have another clock. */
import { setTimeout as sleep } from 'node:timers/promises';
import { resources } from '@wavefleet/contracts/resources.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import type { Call } from '@wavefleet/tests/bring-up/proxy/call.ts';
import { atStep } from '@wavefleet/tests/bring-up/proxy/fault.ts';
import { scaled, scaledClocks, takenOverMs } from '../rig/clocks.ts';
import type { Rig } from '../rig/rig.ts';
import { whileConverting } from '../rig/stand-in-ffmpeg.ts';
import { type FaultCase, require } from './case.ts';

/** Two workers, the one and the other. */
const REPLACED_EVERY_MS = scaled(30_000);

const never = new Promise<never>(() => undefined);
const byWorker = (operation: string) => (call: Call) =>
  call.operation === operation && call.caller.startsWith('worker');

/** A worker asks for a job: it has none. It asks for drops as well, whatever it does. */
const isPoll = (call: Call) =>
  byWorker('ReceiveMessage')(call) &&
  call.body?.QueueUrl?.endsWith(`/${resources.queues.jobs.name}`) === true;

/** The worker that has claimed the job. */
async function workerOf(rig: Rig, jobId: string): Promise<string> {
  return await until(
    'a worker has the job',
    () => rig.history.writesOf(jobId).findLast(({ what }) => what === 'claim')?.caller,
  );
}

/** One long conversion, and the worker that has it; the others are short. */
async function oneAtWork(rig: Rig, seconds: number) {
  await rig.ffmpeg.behaves(whileConverting(`mark long; exec sleep ${seconds}`));
  const job = await rig.load.submitOne();
  await until('FFmpeg runs', async () => (await rig.ffmpeg.traces('long')) > 0);
  await rig.ffmpeg.behaves('');
  return { job, worker: await workerOf(rig, job.jobId) };
}

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

async function frozenWhileConverting(rig: Rig) {
  const { job, worker } = await oneAtWork(rig, 2);
  const frozen = rig.process(worker);
  frozen.process.kill('SIGSTOP');
  const others = await rig.load.submit(rig.jobs - 1);
  await rig.history.ended(job.jobId);
  frozen.process.kill('SIGCONT');
  return { jobs: [job, ...others], extraAttempts: 1 };
}

/** Its last write is on the way while somebody else completes the job. */
async function frozenWhileCommitting(rig: Rig) {
  const gate = Promise.withResolvers<void>();
  const held = rig.proxy.inject({
    hits: atStep('complete'),
    effect: { kind: 'hold', when: 'before', until: gate.promise },
    times: 1,
  });
  const submitted = rig.load.submit(rig.jobs);
  const { caller, jobId = '' } = await held.nth(1);
  const frozen = rig.process(caller);
  frozen.process.kill('SIGSTOP');
  await rig.history.ended(jobId);
  gate.resolve();
  await sleep(500);
  frozen.process.kill('SIGCONT');
  return { jobs: await submitted, extraAttempts: 1 };
}

async function heartbeatsLost(rig: Rig) {
  await rig.ffmpeg.behaves(whileConverting('mark long; sleep 4'));
  const isBeat = (call: Call) => call.step === 'beat' || call.operation === 'ChangeMessageVisibility';
  const lost = rig.proxy.inject({ hits: isBeat, effect: { kind: 'refuse' } });
  const first = await rig.load.submit(2);
  await lost.nth(3);
  await sleep(Number(scaledClocks.LEASE_MS) * 1.5);
  await rig.ffmpeg.behaves('');
  lost.end();
  const others = await rig.load.submit(rig.jobs - 2);
  return { jobs: [...first, ...others], extraAttempts: 4 };
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
  return { jobs: [poison, ...others], failures, extraAttempts: 3, endWithinMs: 60_000 };
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

async function scaledToZero(rig: Rig) {
  await Promise.all(rig.fleet.workers.map((worker) => worker.stop('SIGTERM')));
  const jobs = await rig.load.submit(rig.jobs);
  return { jobs };
}

/** A task protection API that nobody answers at must not be in the way of anything. */
async function unprotected(rig: Rig) {
  await rig.fleet.addWorker({ ECS_AGENT_URI: 'http://127.0.0.1:1' });
  const jobs = await rig.load.submit(rig.jobs);
  await Promise.all(jobs.map(({ jobId }) => rig.history.ended(jobId)));
  await rig.fleet.removeLast();
  return { jobs };
}

async function otherClock(rig: Rig, skewMs: number) {
  await rig.fleet.addWorker(skewedClock(skewMs));
  const jobs = await rig.load.submit(rig.jobs);
  await Promise.all(jobs.map(({ jobId }) => rig.history.ended(jobId)));
  await rig.fleet.removeLast();
  return { jobs, extraAttempts: rig.jobs, model: { clocksDiffer: true } };
}
/** Settings of a process whose wall clock is off by so much: Date, by which leases are written, and nothing else. */
function skewedClock(ms: number): Record<string, string> {
  const source = `const Real = Date;
    globalThis.Date = class extends Real {
      constructor(...given) { given.length === 0 ? super(Real.now() + ${ms}) : super(...given); }
      static now() { return Real.now() + ${ms}; }
    };`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(source)}` };
}

export const workerCases: readonly FaultCase[] = [
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
    run: killedWhileConverting,
  },
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
    id: 'F41a',
    breaks: 'a worker freezes in mid-conversion past its lease',
    seen: 'that job takes longer by a lease',
    how: 'SIGSTOP until another has completed the job, SIGCONT',
    run: frozenWhileConverting,
  },
  {
    id: 'F41b',
    breaks: 'a worker freezes with its last write on the way',
    seen: 'that job takes longer by a lease',
    how: 'completing update held and SIGSTOP until another has completed the job',
    quick: true,
    run: frozenWhileCommitting,
  },
  {
    id: 'F44',
    breaks: 'no heartbeat gets through for longer than a lease',
    seen: 'those jobs take longer',
    how: 'beats and ChangeMessageVisibility refused while FFmpeg takes 4 s',
    run: heartbeatsLost,
  },
  {
    id: 'F60a',
    breaks: 'a worker whose clock is 10 min fast',
    seen: 'nothing',
    how: 'Date moved in one of three workers',
    run: (rig) => otherClock(rig, 600_000),
  },
  {
    id: 'F60b',
    breaks: 'a worker whose clock is 10 min slow',
    seen: 'nothing',
    how: 'Date moved in one of three workers',
    run: (rig) => otherClock(rig, -600_000),
  },
  {
    id: 'F62',
    breaks: 'a file that kills whatever works on it',
    seen: 'that job fails with WORKER_CRASHED after the third death',
    how: 'SIGKILL to the worker in each attempt',
    run: poisonInput,
  },
  {
    id: 'F67',
    breaks: 'workers are replaced one after the other under load',
    seen: 'nothing',
    how: 'SIGTERM and replacement every 30 s until 100 jobs are over',
    run: rollingDeploy,
  },
  {
    id: 'F68b',
    breaks: 'nobody answers when a worker asks ECS for protection',
    seen: 'nothing',
    how: 'ECS_AGENT_URI of a third worker refuses connections',
    run: unprotected,
  },
  {
    id: 'F68a',
    breaks: 'no worker is there when jobs are ordered',
    seen: 'jobs wait',
    how: 'SIGTERM to all, then 20 jobs, then new workers',
    run: scaledToZero,
  },
];
