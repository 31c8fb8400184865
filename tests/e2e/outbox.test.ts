/** News of jobs: each goes out, none orphans its job, and only what went out leaves the outbox. */
import type { Client } from '@wavefleet/client/client.ts';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { ABILITY } from '@wavefleet/contracts/needs.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { announce } from '@wavefleet/platform/jobs/announce.ts';
import { dueShardOf, endingShardOf } from '@wavefleet/platform/jobs/ids.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listenToBus } from '../bring-up/bus-listener.ts';
import { Fleet, holdingWorker } from '../bring-up/fleet.ts';
import type { EventLog } from '../bring-up/observers.ts';

let fleet: Fleet;
let client: Client;
let platform: Platform;
let bus: EventLog;
let fileId: string;

beforeAll(async () => {
  fleet = await Fleet.start({ workers: 0, restartWorkers: false, entries: { worker: holdingWorker } });
  ({ client, platform } = fleet);
  bus = await listenToBus(platform);
  const sample = fleet.file('sample.wav');
  await makeSample(sample, { seconds: 2 });
  ({ fileId } = await uploadFile(client, sample));
});
afterAll(() => fleet?.stop());

const heard = async (eventId: string) =>
  (await bus.drain()).some((event) => event.eventId === eventId) || undefined;
const outboxOf = async (jobId: string) =>
  (await platform.jobs.get(jobId))?.pendingEvents.map(({ eventId }) => eventId);
/** When the sweeper would look at the job; undefined when nobody has to. */
const dueAt = async (jobId: string) => {
  const shards = [dueShardOf(jobId), endingShardOf(jobId)];
  const due = await Promise.all(shards.map((shard) => platform.jobs.due(shard, Number.MAX_SAFE_INTEGER)));
  return due.flat().find((reminder) => reminder.jobId === jobId)?.dueAt;
};
const claimAs = async (jobId: string, owner: string, leaseMs: number) => {
  const claimed = await platform.transitions.claim(jobId, { owner, leaseMs, ability: ABILITY });
  if (claimed.kind !== 'claimed') throw new Error(`not claimed: ${claimed.kind}`);
  return claimed;
};

test('SIGKILL after job.started was announced: no orphan, and every start and the end is told', async () => {
  const victim = await fleet.addWorker({ HOLD_AT_STAGE: 'convert' });
  const { jobId } = await client.jobs.submit({ fileId, format: 'mp3' });
  await until('the start is on the bus', () => heard(`${jobId}:1:started`));
  victim.process.kill('SIGKILL');
  await victim.ended;
  expect(await dueAt(jobId)).toBeDefined();

  await fleet.addWorker({}, 0);
  expect(await client.jobs.waitForEnd(jobId)).toMatchObject({ status: 'completed', attempt: 2 });
  await until('the end is on the bus', () => heard(`${jobId}:completed`));
  await until('the outbox is empty', async () => (await outboxOf(jobId))?.length === 0);
  expect(await dueAt(jobId)).toBeUndefined();
  expect(
    new Set(bus.of(jobId).map(({ eventId, status, attempt }) => `${eventId} ${status} ${attempt}`)),
  ).toEqual(
    new Set([
      `${jobId}:1:started processing 1`,
      `${jobId}:2:started processing 2`,
      `${jobId}:completed completed 2`,
    ]),
  );
});

test('a job of one attempt is told in two events, in one go to the outbox', async () => {
  // By itself, without the test before it, there is none yet.
  if (fleet.workers.length === 0) await fleet.addWorker({}, 0);
  const { jobId } = await client.jobs.submit({ fileId, format: 'flac' });
  await client.jobs.waitForEnd(jobId);
  await until('the end is on the bus', () => heard(`${jobId}:completed`));
  await until('the outbox is empty', async () => (await outboxOf(jobId))?.length === 0);
  expect(
    bus
      .of(jobId)
      .map(({ kind }) => kind)
      .sort(),
  ).toEqual(['completed', 'started']);
  expect(bus.of(jobId).find(({ kind }) => kind === 'completed')).toMatchObject({
    eventId: `${jobId}:completed`,
    status: 'completed',
    attempt: 1,
    format: 'flac',
    outputKey: `conversions/${jobId}/1.flac`,
  });
});

test('news that no worker lived to send are sent by the sweeper, which then acts by status', async () => {
  await Promise.all(fleet.workers.map((worker) => worker.stop()));
  const { jobId } = await client.jobs.submit({ fileId, format: 'opus' });
  const { job, claim } = await claimAs(jobId, 'lost', 1);
  await platform.transitions.retryLater(claim, 0, 'STORAGE_UNAVAILABLE', {});
  // What the dead worker read before it put the job off: the newer event must survive.
  await announce(platform, job);
  expect(await outboxOf(jobId)).toEqual([`${jobId}:1:retrying`]);

  // There is no worker: the API sweeps.
  await until('it is told', () => heard(`${jobId}:1:retrying`));
  expect(bus.of(jobId).find(({ kind }) => kind === 'retrying')).toMatchObject({
    status: 'processing',
    attempt: 1,
    errorCode: 'STORAGE_UNAVAILABLE',
  });
  await until('the outbox is empty', async () => (await outboxOf(jobId))?.length === 0);
  // Told, and still looked after: the job is not over.
  expect(await dueAt(jobId)).toBeGreaterThan(Date.now());

  await fleet.addWorker({}, 0);
  expect(await client.jobs.waitForEnd(jobId)).toMatchObject({ status: 'completed', attempt: 2 });
});

test('what EventBridge has not taken stays, whatever else goes out', async () => {
  await Promise.all(fleet.workers.map((worker) => worker.stop()));
  const { jobId } = await client.jobs.submit({ fileId, format: 'wav' });
  const { claim } = await claimAs(jobId, 'me', 60_000);
  const failed = await platform.transitions.finish(claim, {
    status: 'failed',
    error: { code: 'CORRUPT_INPUT', message: 'Damaged.', retryable: false },
  });
  if (failed === undefined) throw new Error('not finished');
  await platform.outbox.clear(failed, new Set([`${jobId}:1:started`]));
  expect(await outboxOf(jobId)).toEqual([`${jobId}:failed`]);
  expect(await dueAt(jobId)).toBeDefined();
  await announce(platform, failed, new Set([`${jobId}:1:started`]));
  expect(await outboxOf(jobId)).toEqual([]);
  expect(await dueAt(jobId)).toBeUndefined();
  await until('it is told', () => heard(`${jobId}:failed`));
  expect(bus.of(jobId)).toMatchObject([{ kind: 'failed', status: 'failed', errorCode: 'CORRUPT_INPUT' }]);

  // Whoever sent it tells so when the job was deleted meanwhile: nothing of it comes back.
  expect(await platform.jobs.remove(jobId)).toBe(true);
  await platform.outbox.clear(failed, new Set([`${jobId}:failed`]));
  expect(await platform.jobs.knows(jobId)).toBe(false);
});
