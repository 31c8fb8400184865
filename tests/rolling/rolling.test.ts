/** A rolling deployment: processes of two versions over the same records and messages. Nobody loses a job by it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PurgeQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { jobListSchema } from '@wavefleet/contracts/http.ts';
import { ANONYMOUS_OWNER, jobSchema } from '@wavefleet/contracts/job.ts';
import { outputPrefix, progressKey, segmentsPrefix } from '@wavefleet/contracts/keys.ts';
import { ABILITY } from '@wavefleet/contracts/needs.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { listenToBus } from '../bring-up/bus-listener.ts';
import { Stand } from '../bring-up/stand.ts';
import { type Fixture, fromTheFuture, giveSource, readFixture, store, versions } from './fixture.ts';

let stand: Stand;
let song: Buffer;
beforeEach(async () => {
  stand = await Stand.start();
  const path = join(stand.dir, 'song.wav');
  await makeSample(path, { seconds: 1 });
  song = await readFile(path);
});
afterEach(() => stand.stop());

/** Stores the fixture's records, its jobs with a source that is there. */
async function take(fixture: Fixture): Promise<void> {
  const jobs = await Promise.all(fixture.jobs.map((job) => giveSource(stand.platform, job, song)));
  await store(stand.platform, { ...fixture, jobs });
}

async function send(body: string): Promise<void> {
  const { JOBS_QUEUE_URL: QueueUrl } = stand.platform.config;
  await stand.platform.aws.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body }));
}

/** The whole history of the owner of the fixtures, as the page reads it. */
async function history(): Promise<z.infer<typeof jobListSchema>['jobs']> {
  const answer = await fetch(`${stand.client.baseUrl}/api/jobs?limit=100`);
  expect(answer.status).toBe(200);
  return jobListSchema.parse(await answer.json()).jobs;
}

/** What the test asks of a fixture's jobs. Every version has written these. */
const recordSchema = z.object({
  jobId: z.string(),
  status: z.string(),
  attempt: z.int(),
  source: z.object({ kind: z.string() }),
});

/** Those that a history shows: of drops nobody was the owner when these were written. */
function recordsOf({ jobs }: Fixture): z.infer<typeof recordSchema>[] {
  return jobs.map((job) => recordSchema.parse(job)).filter(({ source }) => source.kind !== 'drop');
}

function idsByStatus(jobs: readonly { readonly jobId: string; readonly status: string }[]) {
  return jobs.map(({ jobId, status }) => `${status} ${jobId}`).sort();
}

test.each(versions)(
  'records and messages of %s: listed, shown, and completed by today’s worker',
  async (version) => {
    const fixture = readFixture(version, stand.platform.objects.bucket);
    await take(fixture);
    for (const { fileId } of fixture.uploads) {
      expect(await stand.platform.uploads.getAnyOwned(fileId, ANONYMOUS_OWNER)).toMatchObject({ fileId });
    }
    const before = await history();
    expect(idsByStatus(before)).toEqual(idsByStatus(recordsOf(fixture)));
    for (const { jobId } of before) {
      expect(await stand.client.jobs.get(jobId)).toMatchObject({ jobId });
      expect(await stand.client.progress.get(jobId)).toMatchObject({ jobId });
    }

    for (const message of fixture.messages) await send(message);
    await stand.addWorker();
    const open = before.filter(({ status }) => status === 'created' || status === 'processing');
    expect(new Set(open.map(({ status }) => status))).toEqual(new Set(['created', 'processing']));
    const attempts = new Map(recordsOf(fixture).map(({ jobId, attempt }) => [jobId, attempt]));
    for (const { jobId } of open) {
      expect(await stand.client.jobs.waitForEnd(jobId)).toMatchObject({
        status: 'completed',
        attempt: (attempts.get(jobId) ?? expect.fail()) + 1,
      });
    }
    const after = new Map((await history()).map(({ jobId, status }) => [jobId, status]));
    const over = before.filter((job) => !open.includes(job));
    expect(over.map(({ jobId }) => after.get(jobId))).toEqual(over.map(({ status }) => status));
  },
  60_000,
);

test('a worker that knows nothing of segments makes a job that has some, and one that does follows it', async () => {
  const { objects, config } = stand.platform;
  const fixture = readFixture('2026-11-segments', objects.bucket);
  await take(fixture);
  const { jobId } = recordSchema.parse(
    fixture.jobs.find(({ segments, status }) => segments !== undefined && status === 'processing'),
  );
  const stored = [1, 2].map((index) => `${segmentsPrefix(jobId)}${index}.mp3`);
  for (const key of stored) await objects.putBytes(key, song, 'application/octet-stream');
  // It reads the record without them, and writes none: what others wrote stays as it is.
  const before = new GetCommand({ TableName: config.JOBS_TABLE, Key: { jobId }, ConsistentRead: true });
  const raw = async () => (await stand.platform.aws.dynamo.send(before)).Item;
  const { segments } = (await raw()) ?? {};
  const olds = jobSchema.omit({ segments: true }).parse(await raw());
  expect(olds).toMatchObject({ jobId, attempt: 1 });
  expect(olds).not.toHaveProperty('segments');
  const old = { owner: 'old', leaseMs: 1, ability: 1 };
  expect(await stand.platform.transitions.claim(jobId, old)).toMatchObject({ kind: 'claimed' });
  expect((await raw())?.segments).toEqual(segments);

  // It dies as well.
  await stand.addWorker();
  await send(JSON.stringify({ v: 1, jobId }));
  expect(await stand.client.jobs.waitForEnd(jobId)).toMatchObject({ status: 'completed', attempt: 3 });
  await until('only the result is left', async () => (await objects.list(outputPrefix(jobId))).length === 1);
}, 60_000);

test('a job that needs a newer worker is left alone: nothing is counted, its message waits', async () => {
  const [newest = expect.fail()] = versions.slice(-1);
  const { bucket } = stand.platform.objects;
  const fixture = fromTheFuture(readFixture(newest, bucket));
  await take(fixture);
  const waiting = fixture.jobs.find(({ status }) => status === 'created') ?? expect.fail();
  const interrupted = fixture.jobs.find(({ status }) => status === 'processing') ?? expect.fail();
  await stand.addWorker();
  for (const { jobId } of [waiting, interrupted]) await send(JSON.stringify({ v: 1, jobId }));
  await until('both messages are hidden', async () => {
    const { waiting: visible, inFlight } = await stand.platform.queue.depth(AbortSignal.timeout(2_000));
    return visible === 0 && inFlight === 2;
  });
  for (const { jobId, status, attempt, crashes } of [waiting, interrupted]) {
    const job = await stand.platform.jobs.get(jobId);
    expect(job).toMatchObject({ status, attempt, crashes });
  }

  // And the history shows it, beside those of today.
  const { fileId } = await uploadFile(stand.client, join(stand.dir, 'song.wav'));
  const { jobId } = await stand.client.jobs.submit({ fileId, format: 'mp3' });
  await stand.client.jobs.waitForEnd(jobId);
  const shown = await history();
  expect(shown).toHaveLength(recordsOf(fixture).length + 1);
  expect(shown.find((job) => job.jobId === waiting.jobId)).toMatchObject({
    format: 'hologram',
    options: { antigravity: true },
  });
  expect(shown.find((job) => job.status === 'completed' && job.format === 'hologram')).toMatchObject({
    timings: { levitate: 3 },
  });
}, 60_000);

test('a job that needs a newer worker and has lost its message to another one gets one of its own, and is done by that', async () => {
  const { aws, config, turns } = stand.platform;
  const { fileId } = await uploadFile(stand.client, join(stand.dir, 'song.wav'));
  const [over, jobId] = [await stand.byHand.job(fileId), await stand.byHand.job(fileId)];
  await stand.byHand.fail(await stand.byHand.claim(over));
  const needs = async (ability: number) => {
    await aws.dynamo.send(
      new UpdateCommand({
        ...{ TableName: config.JOBS_TABLE, Key: { jobId } },
        ...{ UpdateExpression: 'SET needs = :needs', ExpressionAttributeValues: { ':needs': ability } },
      }),
    );
  };
  await needs(ABILITY + 1);
  // Left is the message of the job that is over; the other one is known to the board alone.
  await aws.sqs.send(new PurgeQueueCommand({ QueueUrl: config.JOBS_QUEUE_URL }));
  await send(JSON.stringify({ v: 1, jobId: over }));
  expect(await turns.longestWaiting(2)).toContain(jobId);
  const clocks = { HEARTBEAT_MS: '400', LEASE_MS: '1500', VISIBILITY_TIMEOUT_MS: '2000' };
  // No sweeper of its own helps it out.
  const worker = await stand.addWorker({ ...clocks, SWEEP_INTERVAL_MS: '60000' });
  const { queue } = worker.platform;
  const { hide } = queue;
  let isHidden = false;
  Reflect.set(queue, 'hide', async (...args: Parameters<typeof hide>) => {
    await hide.call(queue, ...args);
    isHidden = true;
  });
  await until('a message of its own is hidden', () => isHidden);
  expect(await turns.longestWaiting(2)).toEqual([]);
  expect(await stand.platform.jobs.get(jobId)).toMatchObject({ status: 'created', attempt: 0 });
  // As to a newer worker.
  await needs(ABILITY);
  expect(await stand.client.jobs.waitForEnd(jobId)).toMatchObject({ status: 'completed', attempt: 1 });
}, 60_000);

test('a worker of before refuses by the claim’s condition what today’s may ask for', async () => {
  const { fileId } = await uploadFile(stand.client, join(stand.dir, 'song.wav'));
  const { jobId } = await stand.client.jobs.submit({ fileId, format: 'mp3' });
  const claimant = { owner: 'old', leaseMs: 60_000, ability: 0 };
  expect(await stand.platform.transitions.claim(jobId, claimant)).toMatchObject({
    ...{ kind: 'beyond', job: { jobId, needs: 1 } },
  });
  expect(await stand.platform.jobs.get(jobId)).toMatchObject({ status: 'created', attempt: 0, crashes: 0 });
  const able = await stand.platform.transitions.claim(jobId, { ...claimant, ability: ABILITY });
  expect(able.kind).toBe('claimed');
});

test('one record that nobody can read hides no other', async () => {
  const { bucket } = stand.platform.objects;
  const fixture = readFixture(versions[0], bucket);
  await take(fixture);
  const { jobId, ownerId, createdAt } = fixture.jobs[0] ?? expect.fail();
  await store(stand.platform, { ...fixture, jobs: [{ jobId, ownerId, createdAt, status: 'melted' }] });
  expect(await history()).toHaveLength(recordsOf(fixture).length - 1);
});

test('news of a kind that this version does not know go out all the same', async () => {
  const { bucket } = stand.platform.objects;
  const fixture = fromTheFuture(readFixture('2026-11-needs-1', bucket));
  await take(fixture);
  const { jobId } = fixture.jobs.find(({ status }) => status === 'processing') ?? expect.fail();
  const listener = await listenToBus(stand.platform);
  await stand.addWorker();
  await until('the sweeper has told it', async () =>
    (await listener.drain()).some((event) => event.eventId === `${jobId}:1:levitated`),
  );
  expect(listener.of(jobId).find(({ kind }) => kind === 'levitated')).toMatchObject({ format: 'hologram' });
});

/** What the API of before there were owners and ends in reports demands of one. */
const yesterdaysReport = z.object({
  jobId: z.uuid(),
  attempt: z.int(),
  percent: z.number().min(0).max(99),
  stage: z.string(),
  ...Object.fromEntries(
    ['currentTime', 'totalDuration', 'uploadedSize', 'totalSize', 'speed', 'estimatedTimeRemaining'].map(
      (name) => [name, z.number().nonnegative().nullable()],
    ),
  ),
  updatedAt: z.iso.datetime(),
});

test('what today’s worker says of a running job, yesterday’s API understands, and the other way round', async () => {
  const { fileId } = await uploadFile(stand.client, join(stand.dir, 'song.wav'));
  const { jobId } = await stand.client.jobs.submit({ fileId, format: 'mp3' });
  const { progress, redis, aws, config, transitions } = stand.platform;
  await transitions.claim(jobId, { owner: 'me', leaseMs: 60_000, ability: ABILITY });
  const yesterdays = {
    ...{ jobId, attempt: 1, percent: 42.5, stage: 'convert' as const, currentTime: 1, totalDuration: null },
    ...{ uploadedSize: null, totalSize: null, speed: 12.5, estimatedTimeRemaining: 3 },
    updatedAt: new Date().toISOString(),
  };
  const todays = { ...yesterdays, ownerId: ANONYMOUS_OWNER, startTime: Date.now() };
  await progress.write(todays);
  await progress.persist(todays, { error: 'Damaged.', ffmpegLogs: ['a line'] });
  const raw = async () => JSON.parse((await redis?.cache.get(progressKey(jobId))) ?? '');
  expect(yesterdaysReport.parse(await raw())).toEqual(yesterdays);
  const command = new GetCommand({ TableName: config.PROGRESS_TABLE, Key: { jobId } });
  expect(yesterdaysReport.parse((await aws.dynamo.send(command)).Item)).toEqual(yesterdays);

  await redis?.cache.set(progressKey(jobId), JSON.stringify({ ...yesterdays, percent: 55 }));
  expect(await stand.client.progress.get(jobId)).toMatchObject({
    ...{ progress: 55, stage: 'converting', currentSeconds: 1, startTime: null },
  });
  // The end is no report to it: it reads the record then, as it always did.
  await progress.ended({ jobId, attempt: 1, status: 'completed' });
  expect(yesterdaysReport.safeParse(await raw()).success).toBe(false);
});
