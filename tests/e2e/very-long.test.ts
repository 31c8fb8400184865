/** Very long results: finished segments outlive the worker that made them, and other workers help. */
import { join } from 'node:path';
import type { Client } from '@wavefleet/client/client.ts';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { outputPrefix, segmentsPrefix } from '@wavefleet/contracts/keys.ts';
import type { Child } from '@wavefleet/localstack/child.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { every } from '@wavefleet/platform/every.ts';
import { type LineName, lines } from '@wavefleet/platform/log/table.ts';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Fleet } from '../bring-up/fleet.ts';
import { ffmpegsIn, filesBelow, logLines } from '../bring-up/observers.ts';

let fleet: Fleet;
let client: Client;
/** The same sound throughout: five minutes, which count as very long here. */
let fileId: string;

beforeAll(async () => {
  fleet = await Fleet.start({
    workers: 0,
    restartWorkers: false,
    env: {
      FLEET_SPLIT_MIN_SECONDS: '300',
      MAX_UPLOAD_BYTES: String(1024 ** 3),
      // Attempts are counted in here: a busy machine must not cost one.
      ...{ LEASE_MS: '10000', VISIBILITY_TIMEOUT_MS: '12000' },
    },
  });
  client = fleet.client;
  const path = fleet.file('long.wav');
  await makeSample(path, { seconds: 300, tags: { title: 'Whole' } });
  fileId = (await uploadFile(client, path)).fileId;
  expected = await undisturbed();
});
afterEach(() => Promise.all(fleet.workers.map((worker) => worker.stop())));
afterAll(() => fleet?.stop());

const SEGMENTS = 8;
/** The SHA-256 of the result, however it came about. */
let expected: string;

const submit = async (): Promise<string> => (await client.jobs.submit({ fileId, format: 'mp3' })).jobId;
const kept = (jobId: string): Promise<string[]> => fleet.platform.objects.list(segmentsPrefix(jobId));

/** How often a worker said that line of the job. */
async function said(worker: Child, jobId: string, line: LineName): Promise<number> {
  const path = join(fleet.logDir, `worker-${fleet.workers.indexOf(worker)}.log`);
  const told = (await logLines(path)).filter((entry) => entry.jobId === jobId);
  return told.filter(({ msg }) => msg === lines[line].message).length;
}

/** The SHA-256 of the result of a job that nothing happens to. */
async function undisturbed(): Promise<string> {
  const worker = await fleet.addWorker();
  const jobId = await submit();
  const { status } = await client.jobs.waitForEnd(jobId, { timeoutMs: 170_000 });
  expect(status).toBe('completed');
  expect(await said(worker, jobId, 'segment.stored')).toBe(SEGMENTS - 1);
  const sum = await sumOf(jobId);
  await worker.stop();
  return sum;
}

async function sumOf(jobId: string): Promise<string> {
  return (await fleet.platform.jobs.get(jobId))?.outputS3Location?.sha256 ?? '';
}

/** What is left of a job that is over: its result alone. */
async function onlyResult(jobId: string, attempt: number): Promise<void> {
  await until('segments are gone', async () => (await kept(jobId)).length === 0);
  expect(await fleet.platform.objects.list(outputPrefix(jobId))).toEqual([
    `conversions/${jobId}/${attempt}.mp3`,
  ]);
}

/** Of a job that was cancelled or deleted. */
async function nothingLeft(jobId: string): Promise<void> {
  const stored = () => fleet.platform.objects.list(outputPrefix(jobId));
  await until('nothing is left', async () => (await stored()).length === 0, 10_000);
}

test('SIGKILL in the middle: the next attempt makes only what is missing, and the result is the same, byte for byte', async () => {
  const victim = await fleet.addWorker();
  const jobId = await submit();
  await until('three segments', async () => (await kept(jobId)).length >= 3, 60_000);
  victim.process.kill('SIGKILL');
  await victim.ended;
  const stored = await kept(jobId);
  expect(stored.length).toBeLessThan(SEGMENTS);
  // And one of them is lost.
  await fleet.platform.objects.remove(stored.slice(0, 1));

  const successor = await fleet.addWorker();
  const job = await client.jobs.waitForEnd(jobId, { timeoutMs: 170_000 });
  expect(job).toMatchObject({ status: 'completed', attempt: 2 });
  expect(await sumOf(jobId)).toBe(expected);
  const takenUp = await said(successor, jobId, 'segment.taken-up');
  // What the victim had sent by then may have come in after it.
  expect(takenUp).toBeGreaterThanOrEqual(stored.length - 1);
  // It may have helped as long as the lease of the dead one ran.
  const made =
    (await said(successor, jobId, 'segment.stored')) - (await said(successor, jobId, 'segment.helped'));
  expect(made + takenUp).toBe(SEGMENTS - 1);
  await onlyResult(jobId, 2);
});

test('a cancel in the middle leaves nothing behind', async () => {
  await fleet.addWorker();
  const jobId = await submit();
  await until('a segment', async () => (await kept(jobId)).length >= 1, 60_000);
  await client.jobs.remove(jobId);
  await until('FFmpeg is gone', async () => (await ffmpegsIn(fleet.dir)).length === 0, 10_000);
  await nothingLeft(jobId);
});

test('cancelled while it waits for its next attempt: its segments go at once, without any worker', async () => {
  const victim = await fleet.addWorker();
  const jobId = await submit();
  await until('two segments', async () => (await kept(jobId)).length >= 2, 60_000);
  victim.process.kill('SIGKILL');
  await victim.ended;
  await client.jobs.remove(jobId);
  await nothingLeft(jobId);
});

/** The places of the workers that help with that job just now. */
async function helpersOf(jobId: string): Promise<Child[]> {
  const helps = await Promise.all(
    fleet.workers.map(async ({ alive }, index) => {
      const files = alive ? await filesBelow(fleet.workDir(index)) : [];
      return files.some((name) => name.startsWith(`${jobId}.`) && /^\S{36}\.\d+-\d+\./.test(name));
    }),
  );
  return fleet.workers.filter((_, index) => helps[index]);
}

/** Whether it was still there to be told. */
function signalled(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** A worker that helps with that job's first attempt, with its FFmpeg stopped (SIGSTOP). */
async function stoppedHelperOf(jobId: string): Promise<Child | undefined> {
  for (const [index, worker] of fleet.workers.entries()) {
    const folders = join(fleet.workDir(index), `${jobId}.1-`);
    const [pid] = worker.alive ? await ffmpegsIn(folders) : [];
    if (pid === undefined || !signalled(pid, 'SIGSTOP')) continue;
    if ((await ffmpegsIn(folders)).includes(pid)) return worker;
  }
  return undefined;
}

/** Stops (SIGSTOP) whatever FFmpeg the one who joins starts, until the answered function is called. */
function holdWhoJoins(jobId: string): () => Promise<void> {
  // Each look goes through all processes of the machine: for those who have died as well, it comes too late to hold anybody.
  const folders = fleet.workers.flatMap(({ alive }, index) =>
    alive ? [join(fleet.workDir(index), `${jobId}.1.`)] : [],
  );
  const all = async (signal: 'SIGSTOP' | 'SIGCONT') => {
    for (const pid of (await Promise.all(folders.map(ffmpegsIn))).flat()) signalled(pid, signal);
  };
  // One that has ended meanwhile stands still as well.
  const release = every(
    { everyMs: 20 },
    () => all('SIGSTOP'),
    () => undefined,
  );
  return async () => {
    await release();
    await all('SIGCONT');
  };
}

async function whoJoins(jobId: string): Promise<Child> {
  for (const worker of fleet.workers)
    if (worker.alive && (await said(worker, jobId, 'job.claimed')) > 0) return worker;
  throw new Error('nobody has the job');
}

async function helped(jobId: string): Promise<number> {
  const counts = await Promise.all(fleet.workers.map((worker) => said(worker, jobId, 'segment.helped')));
  return counts.reduce((sum, count) => sum + count, 0);
}

const fourWorkers = () => Promise.all([0, 1, 2, 3].map(() => fleet.addWorker()));

test('four workers make it together, and the result is the same', async () => {
  await fourWorkers();
  const jobId = await submit();
  const percents: number[] = [];
  for await (const { progress } of client.progress.events(jobId)) percents.push(progress);
  const job = await client.jobs.get(jobId);
  expect(job).toMatchObject({ status: 'completed', attempt: 1, warnings: [] });
  expect(await sumOf(jobId)).toBe(expected);
  expect(await helped(jobId)).toBeGreaterThanOrEqual(2);
  expect(percents).toEqual(percents.toSorted((a, b) => a - b));
  await onlyResult(jobId, 1);
});

test('SIGKILL to a helper costs its segment, and nobody is charged', async () => {
  await fourWorkers();
  const jobId = await submit();
  const [victim] = await until(
    'a helper',
    async () => {
      const helpers = await helpersOf(jobId);
      return helpers.length > 0 ? helpers : undefined;
    },
    60_000,
  );
  victim?.process.kill('SIGKILL');
  await victim?.ended;
  await client.jobs.waitForEnd(jobId, { timeoutMs: 170_000 });
  const record = await fleet.platform.jobs.get(jobId);
  expect(record).toMatchObject({ status: 'completed', attempt: 1, crashes: 0 });
  expect(record?.outputS3Location?.sha256).toBe(expected);
  await onlyResult(jobId, 1);
});

test('SIGKILL to the worker that joins: what others have made is taken up, and nobody helps any more', async () => {
  await fourWorkers();
  const jobId = await submit();
  await until('something helpers have made', async () => (await helped(jobId)) > 0, 60_000);
  const victim = await whoJoins(jobId);
  victim.process.kill('SIGKILL');
  await victim.ended;
  await client.jobs.waitForEnd(jobId, { timeoutMs: 170_000 });
  const record = await fleet.platform.jobs.get(jobId);
  expect(record).toMatchObject({ status: 'completed', attempt: 2, segments: { count: 0 } });
  expect(record?.outputS3Location?.sha256).toBe(expected);
  await onlyResult(jobId, 2);
});

test('cancelled and deleted while four are at it: no byte stays', async () => {
  await fourWorkers();
  const jobId = await submit();
  await until('something helpers have made', async () => (await helped(jobId)) > 0, 60_000);
  await client.jobs.remove(jobId);
  await client.jobs.remove(jobId);
  await until('nobody is at it', async () => (await helpersOf(jobId)).length === 0, 10_000);
  await until('FFmpeg is gone', async () => (await ffmpegsIn(fleet.dir)).length === 0, 10_000);
  await nothingLeft(jobId);
  expect(await fleet.platform.jobs.get(jobId)).toBeUndefined();
});

test('who helps leaves when jobs wait, and comes back when none does', async () => {
  const short = fleet.file('short.wav');
  await makeSample(short, { seconds: 1 });
  const { fileId: ofShort } = await uploadFile(client, short);
  await Promise.all([0, 1].map(() => fleet.addWorker()));
  const long = await submit();
  // What stands still is not over before anybody looks, however fast the machine.
  const helper = await until('a helper that stands still', () => stoppedHelperOf(long), 60_000);
  // Nor is the rest made before the helper is back.
  const release = holdWhoJoins(long);
  const order = () => client.jobs.submit({ fileId: ofShort, format: 'mp3' });
  const shorts = await Promise.all([0, 1, 2, 3, 4].map(order));
  for (const { jobId } of shorts) await client.jobs.waitForEnd(jobId, { timeoutMs: 60_000 });
  expect(await said(helper, long, 'segment.given-back')).toBe(1);
  // All of them are its own: the other one goes on with what it has.
  for (const { jobId } of shorts) expect(await said(helper, jobId, 'job.claimed')).toBe(1);
  expect((await client.jobs.get(long)).status).toBe('processing');
  await release();
  await client.jobs.waitForEnd(long, { timeoutMs: 170_000 });
  expect(await said(helper, long, 'segment.helped')).toBeGreaterThan(0);
  expect(await sumOf(long)).toBe(expected);
});

test('a cancel ends those who help as well, and leaves nothing behind', async () => {
  await fourWorkers();
  const jobId = await submit();
  await until('a helper', async () => (await helpersOf(jobId)).length > 0, 60_000);
  await client.jobs.remove(jobId);
  await until('FFmpeg is gone', async () => (await ffmpegsIn(fleet.dir)).length === 0, 10_000);
  await until('nobody is at it', async () => (await helpersOf(jobId)).length === 0, 10_000);
  await nothingLeft(jobId);
});
