/** What we need of DynamoDB: one conditional update on one item, consistent reads, two indexes, time to live. */

import { randomUUID } from 'node:crypto';
import {
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Job } from '@wavefleet/contracts/job.ts';
import { ABILITY } from '@wavefleet/contracts/needs.ts';
import { nothingKnown } from '@wavefleet/contracts/progress.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { isConditionFailed } from '@wavefleet/platform/aws/errors.ts';
import { dueShardOf, expiryShardOf } from '@wavefleet/platform/jobs/ids.ts';
import { submitJob } from '@wavefleet/platform/jobs/submit.ts';
import { afterAll, beforeAll, expect } from 'vitest';
import { Stand } from '../bring-up/stand.ts';
import { refusalOf } from './calls.ts';
import { behaviour } from './conforms.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await Stand.start();
});
afterAll(() => stand.stop());

const dynamo = () => stand.platform.aws.dynamo;

/** A stored job of a fresh owner. */
async function newJob(ownerId: string = randomUUID()): Promise<Job> {
  const jobId = randomUUID();
  const { job } =
    (await submitJob(stand.platform, {
      jobId,
      ownerId,
      source: { kind: 'upload', fileId: randomUUID() },
      input: { bucket: 'b', key: 'k', sizeBytes: 1, etag: '"e"' },
      fileName: 'Füße.wav',
      format: 'mp3',
      options: { trimStart: 0.25 },
    })) ?? expect.fail();
  return job;
}
const error = { code: 'CORRUPT_INPUT', message: 'Damaged.', retryable: false } as const;
const table = () => stand.platform.config.JOBS_TABLE;
const raw = async (jobId: string) => {
  const read = new GetItemCommand({ TableName: table(), Key: { jobId: { S: jobId } }, ConsistentRead: true });
  return (await dynamo().send(read)).Item;
};

behaviour('a conditional put stores once', async () => {
  const job = await newJob();
  expect(await stand.platform.jobs.create(job)).toBe(false);
  const { status, options, fileName } = (await stand.platform.jobs.get(job.jobId)) ?? expect.fail();
  expect({ status, options, fileName }).toEqual({
    status: 'created',
    options: { trimStart: 0.25 },
    fileName: 'Füße.wav',
  });
});

behaviour(
  'many items are read in one call, each as it was just written, and those that are gone are left out',
  async () => {
    const made = await Promise.all(Array.from({ length: 5 }, () => newJob()));
    const [claimed, noted, gone, ...wait] = made.map(({ jobId }) => jobId);
    if (claimed === undefined || noted === undefined || gone === undefined) throw new Error('made five');
    const { transitions, reminders, jobs } = stand.platform;
    await transitions.claim(claimed, { owner: 'w', leaseMs: 60_000, ability: ABILITY });
    await reminders.dispatched(noted, Date.now() + 60_000);
    await transitions.cancel(gone);
    await jobs.remove(gone);
    expect(await jobs.unsentOf(new Set(made.map(({ jobId }) => jobId)))).toEqual(new Set(wait));
  },
);

behaviour(
  'of many conditional updates at once one wins, and its fencing token is in the answer',
  async () => {
    const { jobId } = await newJob();
    const claims = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        stand.platform.transitions.claim(jobId, { owner: `w${index}`, leaseMs: 60_000, ability: ABILITY }),
      ),
    );
    const won = claims.flatMap((claim) => (claim.kind === 'claimed' ? claim.job : []));
    expect(won).toMatchObject([{ attempt: 1, crashes: 1, status: 'processing' }]);
    expect(claims.filter(({ kind }) => kind === 'leased')).toHaveLength(9);
  },
);

behaviour(
  'a claim leaves the reminder of a job that was just made, and moves one that is due before the first beat or that somebody has put off',
  async () => {
    const { transitions, reminders, jobs, config } = stand.platform;
    const leavesReminderForMs = config.HEARTBEAT_MS;
    const dueAfterClaim = async ({ jobId }: Job) => {
      const claimant = { owner: randomUUID(), leaseMs: 60_000, ability: ABILITY, leavesReminderForMs };
      const claimed = await transitions.claim(jobId, claimant);
      expect(claimed).toMatchObject({ kind: 'claimed', job: { attempt: 1, crashes: 1 }, former: undefined });
      return (await jobs.get(jobId))?.dueAt ?? expect.fail('no reminder');
    };
    const fresh = await newJob();
    expect(await dueAfterClaim(fresh)).toBe(fresh.dueAt);
    const putOff = await newJob();
    const late = Date.now() + 3_600_000;
    await reminders.dispatched(putOff.jobId, late);
    const dueSoon = await newJob();
    await reminders.hurry(dueSoon.jobId);
    for (const job of [putOff, dueSoon]) {
      const dueAt = await dueAfterClaim(job);
      expect(dueAt).toBeGreaterThanOrEqual(Date.now() + 50_000);
      expect(dueAt).toBeLessThan(late);
    }
  },
);

behaviour('a failed condition is told by its name, on a missing item too', async () => {
  const update = dynamo().send(
    new UpdateItemCommand({
      TableName: table(),
      Key: { jobId: { S: randomUUID() } },
      UpdateExpression: 'SET attempt = attempt + :one',
      ConditionExpression: 'attribute_exists(jobId)',
      ExpressionAttributeValues: { ':one': { N: '1' } },
    }),
  );
  const error = await update.catch((thrown: unknown) => thrown);
  expect(isConditionFailed(error)).toBe(true);
});

behaviour(
  'a nested attribute is updated alone, and a condition on a nested one that is gone fails',
  async () => {
    const { jobId } = await newJob();
    const claimed = await stand.platform.transitions.claim(jobId, {
      owner: 'me',
      leaseMs: 1_000,
      ability: ABILITY,
    });
    expect(claimed.kind).toBe('claimed');
    const claim = { jobId, owner: 'me', attempt: 1 };
    expect(await stand.platform.transitions.beat(claim, 60_000)).toBe(true);
    const { lease } = (await stand.platform.jobs.get(jobId)) ?? expect.fail();
    expect(lease?.owner).toBe('me');
    expect(lease?.until).toBeGreaterThan(Date.now() + 30_000);
    expect(await stand.platform.transitions.release(claim)).toBe(true);
    expect((await raw(jobId))?.lease).toBeUndefined();
    expect(await stand.platform.transitions.beat(claim, 60_000)).toBe(false);
  },
);

behaviour('what was written is read at once', async () => {
  const { jobId } = await newJob();
  await stand.platform.reminders.dispatched(jobId, 0);
  for (let step = 1; step <= 20; step += 1) {
    await stand.platform.reminders.take(jobId, step - 1, step);
    expect((await stand.platform.jobs.get(jobId))?.dueAt).toBe(step);
  }
});

behaviour('a list grows by list_append', async () => {
  const job = await newJob();
  for (const _ of [1, 2]) {
    await dynamo().send(
      new UpdateItemCommand({
        TableName: table(),
        Key: { jobId: { S: job.jobId } },
        UpdateExpression: 'SET warnings = list_append(warnings, :more)',
        ExpressionAttributeValues: {
          ':more': { L: [{ M: { code: { S: 'X' }, message: { S: 'y' } } }] },
        },
      }),
    );
  }
  const warning = { code: 'X', message: 'y' };
  expect((await stand.platform.jobs.get(job.jobId))?.warnings).toEqual([warning, warning]);
});

behaviour(
  'a list is emptied, and the item moves to another partition of an index, by one update',
  async () => {
    const { jobId } = await newJob();
    const { transitions, outbox, jobs } = stand.platform;
    const job = (await transitions.cancel(jobId)) ?? expect.fail();
    await outbox.clear(job, new Set([`${jobId}:cancelled`]));
    expect((await raw(jobId))?.pendingEvents).toEqual({ L: [] });
    const isIn = async (shard: number) =>
      (await jobs.due(shard, Number.MAX_SAFE_INTEGER)).some((due) => due.jobId === jobId);
    expect([await isIn(dueShardOf(jobId)), await isIn(expiryShardOf(jobId))]).toEqual([false, true]);
  },
);

behaviour('an attribute is removed by the update that sets others', async () => {
  const { jobId } = await newJob();
  const { transitions } = stand.platform;
  const claimed = await transitions.claim(jobId, { owner: 'me', leaseMs: 60_000, ability: ABILITY });
  if (claimed.kind !== 'claimed') expect.fail();
  expect((await raw(jobId))?.lease).toBeDefined();
  expect(await transitions.release(claimed.claim)).toBe(true);
  const after = (await raw(jobId)) ?? {};
  expect(['lease' in after, after.crashes]).toEqual([false, { N: '0' }]);
});

behaviour('a condition may look at the length of a list and into one of its members', async () => {
  const { jobId } = await newJob();
  const { transitions, outbox, jobs } = stand.platform;
  const claimed = await transitions.claim(jobId, { owner: 'me', leaseMs: 60_000, ability: ABILITY });
  if (claimed.kind !== 'claimed') expect.fail();
  // Read before the job ended: what was appended since stays.
  await transitions.finish(claimed.claim, { status: 'failed', error });
  await outbox.clear(claimed.job, new Set([`${jobId}:1:started`]));
  const left = async () => (await jobs.get(jobId))?.pendingEvents.map(({ eventId }) => eventId);
  expect(await left()).toEqual([`${jobId}:failed`]);
  expect((await raw(jobId))?.dueAt).toBeDefined();
  await outbox.clear(claimed.job, new Set([`${jobId}:1:started`, `${jobId}:failed`]));
  expect(await left()).toEqual([]);
  const over = (await jobs.get(jobId)) ?? expect.fail();
  expect([over.dueShard, over.dueAt]).toEqual([expiryShardOf(jobId), over.uploadKeptUntil]);
  expect(over.uploadKeptUntil).toBeGreaterThan(Date.now());
});

behaviour('a condition tells lists of the same length apart by their last members', async () => {
  const { jobId } = await newJob();
  const { transitions, outbox, jobs } = stand.platform;
  const claimed = await transitions.claim(jobId, { owner: 'me', leaseMs: 60_000, ability: ABILITY });
  if (claimed.kind !== 'claimed') expect.fail();
  const started = new Set([`${jobId}:1:started`]);
  await outbox.clear(claimed.job, started);
  await transitions.finish(claimed.claim, { status: 'failed', error });
  // Who has read the one news of before takes out that one, which is out already, and not the other.
  await outbox.clear(claimed.job, started);
  const { pendingEvents } = (await jobs.get(jobId)) ?? expect.fail();
  expect(pendingEvents.map(({ eventId }) => eventId)).toEqual([`${jobId}:failed`]);
});

behaviour('a set grows and shrinks by single members, and goes with the last one', async () => {
  const fileId = randomUUID();
  const { uploads } = stand.platform;
  await uploads.create({
    fileId,
    ownerId: 'me',
    fileName: 'a.wav',
    createdAt: new Date().toISOString(),
    state: 'complete',
    ttl: 4_000_000_000,
    location: { bucket: 'b', key: 'k', sizeBytes: 1, etag: '"e"' },
  });
  for (const jobId of ['one', 'two', 'two'])
    expect(await uploads.ties.linkOwned(fileId, { jobId, ownerId: 'me' })).toMatchObject({
      fileId,
      ownerId: 'me',
    });
  await expect(uploads.ties.linkOwned(fileId, { jobId: 'foreign', ownerId: 'other' })).rejects.toMatchObject({
    code: 'UPLOAD_NOT_FOUND',
  });
  expect((await uploads.getOwned(fileId, 'me')).jobs).toEqual(new Set(['one', 'two']));
  expect(await uploads.ties.unlink(fileId, 'one')).toBeUndefined();
  expect(await uploads.removals.buryUnused(fileId)).toBeUndefined();
  expect((await uploads.ties.unlink(fileId, 'two'))?.fileId).toBe(fileId);
  expect(await uploads.removals.buryUnused(fileId)).toMatchObject({ fileId });
  await expect(uploads.ties.linkOwned(fileId, { jobId: 'three', ownerId: 'me' })).rejects.toMatchObject({
    code: 'UPLOAD_NOT_FOUND',
  });
});

behaviour(
  'what was finished is not given up, and no record goes that does not say that it goes',
  async () => {
    const fileId = randomUUID();
    const { uploads } = stand.platform;
    await uploads.create({
      ...{ fileId, ownerId: 'me', fileName: 'a.wav', createdAt: new Date().toISOString(), state: 'complete' },
      ...{ ttl: 4_000_000_000, location: { bucket: 'b', key: 'k', sizeBytes: 1, etag: '"e"' } },
    });
    expect(await uploads.removals.buryUnfinished(fileId)).toBeUndefined();
    await uploads.removals.forget(fileId);
    expect(await uploads.getOwned(fileId, 'me')).toMatchObject({ fileId });
  },
);

behaviour('a set of numbers keeps each once, and what is counted with it is counted once', async () => {
  const fileId = randomUUID();
  const { uploads } = stand.platform;
  const now = new Date().toISOString();
  await uploads.create({
    ...{ fileId, ownerId: 'me', fileName: 'a.wav', createdAt: now, state: 'uploading', ttl: 4_000_000_000 },
    ...{ bucket: 'b', key: 'k', multipartId: 'm', sizeBytes: 15, partSizeBytes: 5 },
    expiresAt: new Date(Date.now() + 60_000).toISOString(),
  });
  await expect(uploads.ties.linkOwned(fileId, { jobId: 'early', ownerId: 'me' })).rejects.toMatchObject({
    code: 'UPLOAD_INCOMPLETE',
  });
  await Promise.all(
    [3, 1, 3, 1].map((partNumber) => uploads.partArrived(fileId, { partNumber, sizeBytes: 5 })),
  );
  expect(await uploads.getAnyOwned(fileId, 'me')).toMatchObject({
    ...{ parts: new Set([1, 3]), completedChunks: 2, uploadedSize: 10 },
  });
});

behaviour(
  'history comes newest first, in pages, filtered, and a cursor goes on where the page ended',
  async () => {
    const ownerId = randomUUID();
    const made: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      // Created in different milliseconds, by which they are sorted.
      const last = Date.now();
      await until('the next millisecond', () => Date.now() > last);
      made.unshift((await newJob(ownerId)).jobId);
    }
    await newJob();
    const { history } = stand.platform;
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await history.list(ownerId, { limit: 2, cursor });
      expect(page.jobs.length).toBeLessThanOrEqual(2);
      seen.push(...page.jobs.map(({ jobId }) => jobId));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(made);
    const oldest = made.at(-1) ?? '';
    await stand.platform.transitions.cancel(oldest);
    const cancelled = await history.list(ownerId, { limit: 2, status: 'cancelled' });
    expect(cancelled.jobs.map(({ jobId }) => jobId)).toEqual([oldest]);
  },
);

behaviour('the sparse index holds what is due, oldest first, and nothing else', async () => {
  const { jobs, reminders, transitions, outbox } = stand.platform;
  const { jobId } = await newJob();
  const shard = dueShardOf(jobId);
  const isDue = async (now: number) => (await jobs.due(shard, now)).some((due) => due.jobId === jobId);
  await reminders.dispatched(jobId, 1_000);
  expect([await isDue(999), await isDue(1_000)]).toEqual([false, true]);
  const taken = await Promise.all([1, 2, 3].map((next) => reminders.take(jobId, 1_000, next)));
  expect(taken.filter((job) => job !== undefined)).toHaveLength(1);
  const job = (await transitions.cancel(jobId)) ?? expect.fail();
  await outbox.clear(job, new Set([`${jobId}:cancelled`]));
  expect(await isDue(Date.now())).toBe(false);
  const first = (await jobs.due(shard, Number.MAX_SAFE_INTEGER)).map(({ dueAt }) => dueAt);
  expect(first).toEqual(first.toSorted((a, b) => a - b));
});

behaviour('the progress table keeps the highest percent of the latest attempt', async () => {
  const { progress, config } = stand.platform;
  const { PROGRESS_TABLE: table } = config;
  const jobId = randomUUID();
  const report = (attempt: number, percent: number) => ({
    jobId,
    attempt,
    percent,
    stage: 'convert' as const,
    ...nothingKnown,
    currentTime: 0.1,
    updatedAt: new Date().toISOString(),
  });
  for (const [attempt, percent] of [
    [1, 40.5],
    [1, 30],
    [2, 50],
    [1, 90],
  ] as const)
    await progress.persist(report(attempt, percent));
  expect(await progress.readTable(jobId)).toMatchObject({ attempt: 2, percent: 50, currentTime: 0.1 });
  await progress.persist(report(2, 50), { error: 'Damaged.', ffmpegLogs: ['one', 'two'] });
  const { Item } = await dynamo().send(new GetCommand({ TableName: table, Key: { jobId } }));
  expect(Item).toMatchObject({ phase: 2, error: 'Damaged.', ffmpegLogs: ['one', 'two'] });
  await progress.remove({ jobId, attempt: 2, status: 'failed' });
  expect(await progress.readTable(jobId)).toBeUndefined();
});

behaviour('time to live is on', async () => {
  const { TimeToLiveDescription } = await dynamo().send(
    new DescribeTimeToLiveCommand({ TableName: table() }),
  );
  expect(TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'ttl' });
});

behaviour('an item over 400 KB is refused, one below is not', async () => {
  const put = (bytes: number) =>
    dynamo().send(
      new PutItemCommand({
        TableName: table(),
        Item: { jobId: { S: randomUUID() }, filler: { S: 'x'.repeat(bytes) } },
      }),
    );
  expect(await refusalOf(put(390 * 1024))).toBe('accepted');
  expect(await refusalOf(put(401 * 1024))).toBe('ValidationException');
});

behaviour('a table that is not there is told by name', async () => {
  const describe = dynamo().send(new DescribeTableCommand({ TableName: 'never-made' }));
  expect(await refusalOf(describe)).toBe('ResourceNotFoundException');
});

behaviour('an end that cannot be written is written without what a file has brought along', async () => {
  const { jobId } = await newJob();
  const { transitions } = stand.platform;
  const claimed = await transitions.claim(jobId, { owner: 'me', leaseMs: 60_000, ability: ABILITY });
  if (claimed.kind !== 'claimed') expect.fail();
  const input = {
    // No number that the table can hold.
    ...{ container: 'matroska', codec: 'opus', durationSeconds: 1e300, sampleRate: 48_000, channels: 2 },
    ...{ bitDepth: 0, streams: 1, hasCover: false, tags: { title: 'a stranger' } },
  };
  const ended = await transitions.finish(claimed.claim, { status: 'failed', error, input });
  expect(ended).toMatchObject({ status: 'failed', input: { durationSeconds: null, tags: {} } });
});
