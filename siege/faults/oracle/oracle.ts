/**
 * What must hold after every fault, whatever it was. Each clause is one sentence a shortfall:
 * (a) every accepted job has ended in time, and well unless by its own fault; (b) the history is one that may be;
 * (c) each result is there, whole and as long as it should be; (d) each end was told, once by its id; (e) nothing is
 * left at work; (f) the queues are empty; (g) S3 holds nothing that no record names; (h) no process broke; (i) no
 * attempt more than the fault explains.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import type { Job } from '@wavefleet/contracts/job.ts';
import { outputPrefix } from '@wavefleet/contracts/keys.ts';
import { isTerminal } from '@wavefleet/contracts/states.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { ffmpegsIn, filesBelow } from '@wavefleet/tests/bring-up/observers.ts';
import { begunUploads } from '@wavefleet/tests/bring-up/stored-uploads.ts';
import { broken } from '../history/model.ts';
import type { Accepted } from '../rig/load.ts';
import type { Rig } from '../rig/rig.ts';
import { type Expected, endWithinMs } from './expected.ts';
import { soundOf } from './sound.ts';

/** A message that nobody may see yet, an outbox that is the sweeper's: each has its time, and then none is left. */
const SETTLE_MS = 30_000;
const TOLERANCE_SECONDS = 0.05;
const SIDE_BY_SIDE = 4;

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
  const shortfalls = [
    ...notEnded(rig, expected, records, recoveryMs),
    ...broken(rig.history.entries, expected.model).map((sentence) => `(b) ${sentence}`),
  ];
  // Without an end of its own each job would only be blamed for the same thing again.
  if (jobs.some(({ status }) => !isTerminal(status)))
    return { shortfalls, recoveryMs, extraAttempts: extraOf(jobs), stalls: rig.stalls.count };
  shortfalls.push(
    ...(await brokenResults(rig, expected.jobs, jobs)),
    ...(await untold(rig, jobs)),
    ...(await leftBehind(rig, jobs)),
    ...(await queues(rig, expected)),
    ...(await orphans(rig, jobs, expected.deleted ?? [])),
    ...(await brokenProcesses(rig)),
  );
  const extra = extraOf(jobs);
  const extraAttempts = (expected.extraAttempts ?? 0) + rig.stalls.count * rig.slots;
  if (extra > extraAttempts)
    shortfalls.push(
      `(i) ${extra} attempts beyond the first ones, and the fault explains ${extraAttempts}: ${claimsOf(rig, jobs)}`,
    );
  return { shortfalls, recoveryMs, extraAttempts: extra, stalls: rig.stalls.count };
}

const extraOf = (jobs: readonly Job[]) =>
  jobs.reduce((sum, { attempt }) => sum + Math.max(0, attempt - 1), 0);

/** Who has claimed the jobs that were claimed more than once, and when (ms after their making). */
function claimsOf(rig: Rig, jobs: readonly Job[]): string {
  const several = jobs.filter(({ attempt }) => attempt > 1);
  return several.map(({ jobId }) => `${jobId.slice(0, 8)} ${writesOf(rig, jobId)}`).join('; ');
}

/** What was seen of one job, in ms after its making. @param all with leases that were renewed, outboxes that were cleared. */
function writesOf({ history }: Rig, jobId: string, all = false): string {
  const writes = history.writesOf(jobId).filter(({ what }) => all || what !== 'other');
  const madeAtMs = writes[0]?.startedAtMs ?? 0;
  return writes
    .map(({ what, caller, startedAtMs, status }) => {
      const became = what === 'other' || what === 'end' ? ` (${status})` : '';
      return `${what}${became} ${caller} +${startedAtMs - madeAtMs}`;
    })
    .join(', ');
}

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
        `(a) job ${jobId} is still ${job.status}, ${Math.round(waitedMs)} ms after the fault, in attempt ${job.attempt}, written last at ${job.updatedAt}; seen of it: ${writesOf(rig, jobId, true)}`,
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

async function brokenResults(
  rig: Rig,
  accepted: readonly Accepted[],
  jobs: readonly Job[],
): Promise<string[]> {
  const orders = new Map(accepted.map((order) => [order.jobId, order]));
  const found = await mapped(jobs, async ({ jobId, status, outputS3Location: output }) => {
    if (status !== 'completed') return undefined;
    if (output === undefined) return `(c) job ${jobId} is completed without a result`;
    const open = await rig.platform.objects.open(output.key).catch(() => undefined);
    if (open === undefined) return `(c) the result of job ${jobId} is not there`;
    const bytes = await buffer(open.body);
    if (createHash('sha256').update(bytes).digest('hex') !== output.sha256)
      return `(c) the result of job ${jobId} is not what the record says`;
    const { sound: wanted, sha256 } = orders.get(jobId) ?? {};
    if (sha256 !== undefined)
      return sha256 === output.sha256 ? undefined : `(c) the result of job ${jobId} is another one`;
    const sound = soundOf(bytes);
    if (sound === undefined) return `(c) the result of job ${jobId} is broken`;
    if (Math.abs(sound.seconds - (wanted?.seconds ?? 0)) > TOLERANCE_SECONDS)
      return `(c) the result of job ${jobId} lasts ${sound.seconds} s, not ${wanted?.seconds}`;
    return wanted?.md5 === undefined || sound.md5 === wanted.md5
      ? undefined
      : `(c) the result of job ${jobId} sounds unlike its source`;
  });
  return found.filter((each) => each !== undefined);
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

async function leftBehind(rig: Rig, jobs: readonly Job[]): Promise<string[]> {
  const found: string[] = [];
  const { fleet } = rig;
  const files = async () =>
    (await Promise.all(fleet.workers.map((_, index) => filesBelow(fleet.workDir(index))))).flat();
  await until('no work folder', async () => (await files()).length === 0, SETTLE_MS).catch(() => undefined);
  const left = await files();
  if (left.length > 0) found.push(`(e) files are left at work: ${left.slice(0, 3).join(', ')}`);
  await until('no FFmpeg', async () => (await ffmpegsIn(fleet.dir)).length === 0, 5_000).catch(
    () => undefined,
  );
  const running = await ffmpegsIn(fleet.dir);
  if (running.length > 0) found.push(`(e) ${running.length} FFmpeg processes are still running`);
  for (const { jobId, lease } of jobs) if (lease !== undefined) found.push(`(e) job ${jobId} has a lease`);
  return found;
}

async function queues({ platform }: Rig, { deadLetters = 0 }: Expected): Promise<string[]> {
  const signal = AbortSignal.timeout(SETTLE_MS * 2);
  let depth = { waiting: 0, inFlight: 0 };
  const isEmpty = async () => {
    depth = await platform.queue.depth(signal);
    return depth.waiting + depth.inFlight === 0;
  };
  const found: string[] = [];
  await until('the queue is empty', isEmpty, SETTLE_MS).catch(() =>
    found.push(
      `(f) ${depth.waiting} messages wait and ${depth.inFlight} are in flight ${SETTLE_MS} ms after the last job`,
    ),
  );
  const dead = await platform.queue.deadLetters(signal);
  if (dead !== deadLetters) found.push(`(f) ${dead} dead letters, and ${deadLetters} were expected`);
  return found;
}

async function orphans(rig: Rig, jobs: readonly Job[], deleted: readonly string[]): Promise<string[]> {
  const ids = [...jobs.map(({ jobId }) => jobId), ...deleted];
  const named = new Set(
    jobs.flatMap(({ outputS3Location, previews }) => [
      outputS3Location?.key,
      previews?.source?.key,
      previews?.result?.key,
    ]),
  );
  const unnamed = async () => {
    const stored = await mapped(ids, (jobId) => rig.platform.objects.list(outputPrefix(jobId)));
    return stored.flat().filter((key) => !named.has(key));
  };
  await until('nothing unnamed', async () => (await unnamed()).length === 0, SETTLE_MS / 6).catch(
    () => undefined,
  );
  const left = await unnamed();
  const open = await begunUploads(rig.platform);
  return [
    ...(left.length > 0 ? [`(g) ${left.length} objects that no record names: ${left[0]}`] : []),
    ...(open.length > 0 ? [`(g) ${open.length} uploads in parts were begun and not ended`] : []),
  ];
}

async function brokenProcesses(rig: Rig): Promise<string[]> {
  const found: string[] = [];
  for (const file of rig.logFiles()) {
    const text = await readFile(file, 'utf8').catch(() => '');
    const bad = text
      .split('\n')
      .find((line) => /unhandledRejection|UnhandledPromise|uncaughtException/.test(line));
    if (bad !== undefined) found.push(`(h) ${file}: ${bad.slice(0, 200)}`);
  }
  for (const { name, alive } of [rig.fleet.api, ...rig.fleet.workers])
    if (!alive) found.push(`(h) ${name} has ended`);
  return found;
}

/** Some at a time, in their order. */
async function mapped<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += SIDE_BY_SIDE)
    results.push(...(await Promise.all(items.slice(at, at + SIDE_BY_SIDE).map(work))));
  return results;
}
