/** F59: a worker that does not come to its own timers, and one that needs more memory than it has. */
import { until } from '@wavefleet/localstack/waiting.ts';
import type { Rig } from '../rig/rig.ts';
import { oneAtWork } from './at-work.ts';
import { type FaultCase, require } from './case.ts';

/** Of real time: three leases here. */
const BLOCKED_MS = 10_000;
/** Longer than it is blocked: its own FFmpeg has not ended when it wakes. */
const CONVERSION_SECONDS = 15;

/** Settings of a process that does that when it gets SIGUSR2. @param lines JavaScript. */
function onSignal(lines: string): Record<string, string> {
  const source = `process.on('SIGUSR2', () => { ${lines} });`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(source)}` };
}

const spinning = onSignal(`for (const until = Date.now() + ${BLOCKED_MS}; Date.now() < until;) {}`);
const hoarding = onSignal('for (const kept = []; ; ) kept.push(new Array(100_000).fill(kept.length));');

/** While it neither beats nor hears anything another worker completes its job; then it wakes, with FFmpeg at work. */
async function blockedWhileConverting(rig: Rig) {
  const { job, worker } = await oneAtWork(rig, CONVERSION_SECONDS);
  const blocked = rig.process(worker);
  blocked.process.kill('SIGUSR2');
  const struckAtMs = performance.now();
  await rig.history.ended(job.jobId);
  require(performance.now() - struckAtMs <
    BLOCKED_MS, 'nobody took the job over while its worker was blocked');
  const end = rig.history.writesOf(job.jobId).find(({ what }) => what === 'end');
  require(end !== undefined && end.caller !== worker, 'the job was not ended by another worker');
  const place = rig.fleet.workers.indexOf(blocked);
  const awake = async () => (await rig.fleet.workFiles(place)).length === 0;
  await until('it wakes, and lets go of the job', awake, BLOCKED_MS * 2);
  require(blocked.alive, 'the blocked worker has ended');
  const others = await rig.load.submit(rig.jobs - 1);
  return { jobs: [job, ...others], extraAttempts: 1 };
}

/** V8 gives up: no line of the worker's own runs any more. */
async function outOfMemory(rig: Rig) {
  const { job, worker } = await oneAtWork(rig, 60);
  const victim = rig.process(worker);
  rig.processes.mayEnd(victim, 'SIGABRT');
  victim.process.kill('SIGUSR2');
  const others = rig.load.submit(rig.jobs - 1);
  const ended = await victim.ended;
  require(ended === 'SIGABRT', `it ended with ${ended}, and not for want of memory`);
  await until('it is replaced', () => rig.fleet.workers.every(({ alive }) => alive));
  return { jobs: [job, ...(await others)], extraAttempts: 1 };
}

export const busyWorkerCases: readonly FaultCase[] = [
  {
    id: 'F59a',
    breaks: 'a worker’s Node is blocked for longer than its lease in mid-conversion',
    seen: 'that job takes longer by a lease',
    how: `a loop of ${BLOCKED_MS / 1000} s of real time in the worker’s own thread; another one completes the job meanwhile`,
    env: spinning,
    run: blockedWhileConverting,
  },
  {
    id: 'F59b',
    breaks: 'a worker’s Node needs more memory than its heap may have',
    seen: 'that job takes longer by a lease',
    how: 'arrays without end in the worker’s own thread, until V8 ends it with SIGABRT',
    env: hoarding,
    run: outOfMemory,
  },
];
