/**
 * What must hold after every fault, whatever it was. Each clause is one sentence a shortfall:
 * (a) every accepted job has ended in time, and well unless by its own fault; (b) the history is one that may be;
 * (c) each result is there, whole when it is decoded, and as long as it should be; (d) each end was told, once by its
 * id; (e) nothing is left at work; (f) the queues are empty; (g) S3 holds nothing that no record names; (h) no process
 * broke; (i) no attempt more than the fault explains.
 */
import type { Job } from '@wavefleet/contracts/job.ts';
import { isTerminal } from '@wavefleet/contracts/states.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { broken } from '../history/model.ts';
import type { Rig } from '../rig/rig.ts';
import { extraOf, unexplained, writesOf } from './attempts.ts';
import { orphans } from './bucket.ts';
import { type Expected, endWithinMs } from './expected.ts';
import { mapped } from './mapped.ts';
import { leftBehind, queues, SETTLE_MS } from './remains.ts';
import { brokenResults } from './results.ts';

export interface Verdict {
  /** One sentence a shortfall; empty: survived. */
  readonly shortfalls: string[];
  /** From the end of the fault to the end of the last job. */
  readonly recoveryMs: number;
  readonly extraAttempts: number;
  /** How often the machine stood still: each time explains an attempt of every job at work. */
  readonly stalls: number;
}

/** Waits for the ends of all jobs, and looks at everything. @param healedAtMs `performance.now()` of the fault's end. */
export async function judge(rig: Rig, expected: Expected, healedAtMs: number): Promise<Verdict> {
  const limitMs = endWithinMs(expected, rig.load.msPerJob);
  const deadline = new Promise((resolve) => {
    setTimeout(resolve, Math.max(0, healedAtMs + limitMs - performance.now())).unref();
  });
  const all = Promise.all(expected.jobs.map(({ jobId }) => rig.history.ended(jobId)));
  await Promise.race([all, deadline]);
  const recoveryMs = Math.max(0, performance.now() - healedAtMs);
  const records = await mapped(expected.jobs, async ({ jobId }) => await rig.platform.jobs.get(jobId));
  const jobs = records.filter((job) => job !== undefined);
  const [ended, open] = [jobs.filter(isEnded), jobs.filter((job) => !isEnded(job))];
  const shortfalls = [
    ...notEnded(rig, expected, records, recoveryMs),
    ...broken(rig.history.entries, expected.model).map((sentence) => `(b) ${sentence}`),
    ...(await brokenResults(rig.platform.objects, expected.jobs, ended)),
    ...(await untold(rig, ended)),
    // A job without an end is at work, or its message waits: that would only be the same thing again.
    ...(open.length > 0 ? [] : [...(await leftBehind(rig, ended)), ...(await queues(rig, expected))]),
    ...(await orphans(
      rig.platform,
      open.map(({ jobId }) => jobId),
    )),
    ...brokenProcesses(rig),
    ...unexplained(rig, expected, jobs),
  ];
  return { shortfalls, recoveryMs, extraAttempts: extraOf(jobs), stalls: rig.stalls.count };
}

const isEnded = ({ status }: Job): boolean => isTerminal(status);

function notEnded(
  rig: Rig,
  { jobs, failures = new Map(), cancelled = new Set() }: Expected,
  records: readonly (Job | undefined)[],
  waitedMs: number,
): string[] {
  const found: string[] = [];
  for (const [index, { jobId }] of jobs.entries()) {
    const job = records[index];
    if (job === undefined) found.push(`(a) job ${jobId} was accepted, and there is no such job`);
    else if (!isTerminal(job.status))
      found.push(
        `(a) job ${jobId} is still ${job.status}, ${Math.round(waitedMs)} ms after the fault, in attempt ${job.attempt}, written last at ${job.updatedAt}; seen of it: ${writesOf(rig.history, jobId, true)}`,
      );
    else if (failures.has(jobId)) {
      if (job.error?.code !== failures.get(jobId))
        found.push(
          `(a) job ${jobId} ended with ${job.error?.code ?? job.status}, not ${failures.get(jobId)}`,
        );
    } else if (job.status !== 'completed' && !(job.status === 'cancelled' && cancelled.has(jobId)))
      found.push(
        `(a) job ${jobId} is ${job.status} (${job.error?.code ?? 'no error'}) by no fault of its own`,
      );
  }
  return found;
}

async function untold(rig: Rig, jobs: readonly Job[]): Promise<string[]> {
  const isTold = ({ jobId, status }: Job) =>
    rig.events.of(jobId).some(({ eventId }) => eventId === `${jobId}:${status}`);
  const allTold = async () => {
    await rig.events.drain();
    return jobs.every(isTold);
  };
  await until('every end is told', allTold, SETTLE_MS).catch(() => undefined);
  const found = jobs
    .filter((job) => !isTold(job))
    .map(({ jobId }) => `(d) the end of job ${jobId} was never told`);
  for (const { jobId } of jobs) {
    const ids = new Set(rig.events.of(jobId).map(({ eventId }) => eventId));
    if (ids.size > 1)
      found.push(`(d) job ${jobId} has ${ids.size} ends for who listens: ${[...ids].join(', ')}`);
  }
  return found;
}

function brokenProcesses({ processes, fleet }: Rig): string[] {
  const gone = [fleet.api, ...fleet.workers].filter(({ alive }) => !alive);
  return [...processes.broken, ...gone.map(({ name }) => `${name} has ended`)].map((each) => `(h) ${each}`);
}
