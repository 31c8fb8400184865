/** Who looks when nobody does: one sweeper for the fleet, whatever hangs, and at any number of workers. */
import { randomUUID } from 'node:crypto';
import { PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { ABILITY } from '@wavefleet/contracts/needs.ts';
import { DUE_SHARDS } from '@wavefleet/contracts/resources.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { loadConfig } from '@wavefleet/platform/config.ts';
import { announce } from '@wavefleet/platform/jobs/announce.ts';
import { Duties } from '@wavefleet/platform/jobs/duties.ts';
import { endingShardOf } from '@wavefleet/platform/jobs/ids.ts';
import { submitJob } from '@wavefleet/platform/jobs/submit.ts';
import { makeLog } from '@wavefleet/platform/log/log.ts';
import { makePlatform, type Platform } from '@wavefleet/platform/platform.ts';
import { startSweeper, sweepOnce } from '@wavefleet/platform/upkeep/sweeper.ts';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { loseAnswerOf } from '../bring-up/client-faults.ts';
import { Stand } from '../bring-up/stand.ts';

let stand: Stand;
let fileId: string;
const ends: (() => unknown)[] = [];
const made: string[] = [];

beforeAll(async () => {
  stand = await Stand.start({ env: { SWEEP_INTERVAL_MS: '1000', REDISPATCH_AFTER_MS: '60000' } });
  fileId = await stand.byHand.upload();
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  await purge();
  // So that the next test has only its own.
  for (const jobId of made.splice(0)) {
    const job = (await stand.platform.transitions.cancel(jobId)) ?? (await stand.platform.jobs.get(jobId));
    if (job !== undefined) await announce(stand.platform, job);
  }
});
afterAll(() => stand?.stop());

const purge = () =>
  stand.platform.aws.sqs.send(new PurgeQueueCommand({ QueueUrl: stand.env.JOBS_QUEUE_URL }));
const waiting = async () => (await stand.platform.queue.depth(AbortSignal.timeout(2_000))).waiting;

/** One more process of the fleet, as far as DynamoDB can tell, and what it asks DynamoDB for. */
function member(): { platform: Platform; calls: string[]; sweep: () => () => Promise<void> } {
  const platform = makePlatform(loadConfig(stand.env), makeLog('worker', 'silent'));
  const calls: string[] = [];
  platform.aws.dynamo.middlewareStack.add(
    (next, context) => async (args) => {
      calls.push(String(context.commandName));
      return await next(args);
    },
    { step: 'initialize' },
  );
  ends.push(() => platform.close());
  return {
    platform,
    calls,
    sweep() {
      const stop = startSweeper(platform);
      ends.push(stop);
      return stop;
    },
  };
}

/** A job that waits. */
async function waitingJob(): Promise<string> {
  const jobId = await stand.byHand.job(fileId);
  made.push(jobId);
  return jobId;
}

/** A job that waits, of which nothing is noted since it was made. */
async function submitted(platform: Platform): Promise<string> {
  const jobId = randomUUID();
  const { location: input } = await platform.uploads.getOwned(fileId, 'anonymous');
  if (input === undefined) throw new Error('no file');
  made.push(jobId);
  await submitJob(platform, {
    ...{ jobId, ownerId: 'anonymous', source: { kind: 'upload', fileId }, input },
    ...{ fileName: 'a.wav', format: 'mp3', options: {} },
  });
  return jobId;
}

/** Makes the job's reminder due now. */
async function makeDue(jobId: string): Promise<void> {
  const { dueAt = 0 } = (await stand.platform.jobs.get(jobId)) ?? {};
  await stand.platform.reminders.take(jobId, dueAt, Date.now() - 1);
}

/** Jobs whose messages are gone, due now. */
async function orphans(count: number): Promise<string[]> {
  const jobIds: string[] = [];
  for (let nth = 0; nth < count; nth += 1) jobIds.push(await waitingJob());
  await purge();
  for (const jobId of jobIds) await makeDue(jobId);
  return jobIds;
}

/** A job that has failed and that nobody told, due now. */
async function untold(): Promise<string> {
  const jobId = await waitingJob();
  await stand.byHand.fail(await stand.byHand.claim(jobId));
  await makeDue(jobId);
  return jobId;
}

const count = (calls: readonly string[], command: string) => calls.filter((call) => call === command).length;
const queries = (calls: readonly string[]) => count(calls, 'QueryCommand');

test('ten processes sweep as one: the others write once and then leave it, and 40 orphans cost two writes each', async () => {
  await orphans(40);
  const members = Array.from({ length: 10 }, member);
  for (const { sweep } of members) sweep();
  await until('five turns', () => members.some(({ calls }) => queries(calls) >= 5 * 16));
  expect(await waiting()).toBe(40);
  const [sweeper, standby, ...others] = members
    .map(({ calls }) => calls)
    .sort((a, b) => queries(b) - queries(a) || b.length - a.length);
  expect(count(sweeper ?? [], 'UpdateItemCommand')).toBe(80);
  // Each turn it asks for its post, and sixteen shards at most; with the settings' own pause that is less than two queries a
  // second.
  const turns = count(sweeper ?? [], 'PutItemCommand');
  expect(queries(sweeper ?? [])).toBeLessThanOrEqual(16 * (turns + 1));
  const { SWEEP_INTERVAL_MS } = loadConfig({ ...stand.env, SWEEP_INTERVAL_MS: undefined });
  expect(16_000 / SWEEP_INTERVAL_MS).toBeLessThan(2);
  expect(new Set(standby)).toEqual(new Set(['PutItemCommand']));
  expect(others.map((calls) => calls.join())).toEqual(Array.from({ length: 8 }, () => 'PutItemCommand'));
});

test('the next one takes over at once from a sweeper that ends, and from one that is gone when its lease is over', async () => {
  const gone = new Duties(stand.platform.aws.dynamo, stand.env.JOBS_TABLE ?? '');
  const leaseEndsAt = Date.now() + 3_000;
  await gone.take('sweep', 3_000);
  const [first, second] = [member(), member()];
  const stopFirst = first.sweep();
  await until('the first sweeps', () => queries(first.calls) > 0);
  expect(Date.now()).toBeGreaterThanOrEqual(leaseEndsAt);
  second.sweep();
  await until('the second stands by', () => count(second.calls, 'PutItemCommand') >= 3);
  expect(queries(second.calls)).toBe(0);
  await stopFirst();
  // Its lease would have gone on for three turns.
  await until('the second sweeps', () => queries(second.calls) > 0, 2_800);
});

test('while EventBridge hangs, orphans are woken; when it answers again, all is told', async () => {
  const { platform, sweep } = member();
  const answers = Promise.withResolvers<void>();
  let asked = 0;
  platform.aws.eventBridge.middlewareStack.add(
    (next) => async (args) => {
      asked += 1;
      await answers.promise;
      return await next(args);
    },
    { step: 'initialize' },
  );
  ends.push(() => answers.resolve());
  const over = await Promise.all(Array.from({ length: 6 }, untold));
  sweep();
  await until('EventBridge is asked', () => asked > 0);
  // Out of the way of orphans.
  const shards = await Promise.all(over.map(async (jobId) => (await platform.jobs.get(jobId))?.dueShard));
  expect(shards).toEqual(over.map(endingShardOf));
  await orphans(3);
  // However long that takes on a busy machine: EventBridge hangs all the while.
  await until('the orphans are woken', async () => (await waiting()) === 3);
  answers.resolve();
  const outboxes = async () =>
    await Promise.all(over.map(async (jobId) => (await platform.jobs.get(jobId))?.pendingEvents.length));
  await until('all is told', async () => (await outboxes()).every((left) => left === 0));
});

test('records that nobody can read hide no orphan behind them, however many they are', async () => {
  const { dynamo } = stand.platform.aws;
  // As a later version would leave them that was taken back: two in every shard, due before all others.
  for (let dueShard = 0; dueShard < DUE_SHARDS; dueShard += 1) {
    for (const dueAt of [1, 2]) {
      const Item = { jobId: randomUUID(), status: 'melted', dueShard, dueAt };
      await dynamo.send(new PutCommand({ TableName: stand.env.JOBS_TABLE, Item }));
    }
  }
  await orphans(3);
  await sweepOnce(stand.platform);
  expect(await waiting()).toBe(3);
});

test('what EventBridge refused is told soon after it answers again, not two passes later', async () => {
  const { platform, sweep } = member();
  let isAway = true;
  const refusedAtMs: number[] = [];
  platform.aws.eventBridge.middlewareStack.add(
    (next) => async (args) => {
      if (!isAway) return await next(args);
      refusedAtMs.push(performance.now());
      throw Object.assign(new Error('away'), { name: 'ServiceUnavailable' });
    },
    { step: 'initialize' },
  );
  const jobId = await untold();
  sweep();
  // Once as an orphan, and once among those that are over.
  await until('it is refused twice', () => refusedAtMs.length === 2);
  isAway = false;
  await until('it is told', async () => (await platform.jobs.get(jobId))?.pendingEvents.length === 0);
  expect(performance.now() - (refusedAtMs[1] ?? 0)).toBeLessThan(8_000);
});

test('of jobs that are claimed at once nothing is noted, of those that still wait that their message is on the queue', async () => {
  const { platform, calls } = member();
  const taken = await submitted(platform);
  const waits = await submitted(platform);
  await stand.byHand.claim(taken);
  const { jobs } = stand.platform;
  expect(await jobs.get(taken)).not.toHaveProperty('unsent');
  expect(await jobs.get(waits)).toMatchObject({ unsent: true });
  await until('it is noted', async () => (await jobs.get(waits))?.unsent === undefined);
  const { createdAt, dueAt = 0 } = (await jobs.get(waits)) ?? expect.fail();
  expect(dueAt - Date.parse(createdAt)).toBeGreaterThanOrEqual(60_000);
  expect(count(calls, 'UpdateItemCommand')).toBe(1);
});

test('of ten who take the same reminder one has it, and nobody moves one that a claim has set since', async () => {
  const { reminders, jobs } = stand.platform;
  const jobId = await waitingJob();
  const dueAtOf = async () => (await jobs.get(jobId))?.dueAt ?? expect.fail();
  const first = await dueAtOf();
  const nexts = Array.from({ length: 10 }, (_, at) => first + 1 + at);
  const taken = await Promise.all(nexts.map((next) => reminders.take(jobId, first, next)));
  expect(taken.filter((job) => job !== undefined)).toHaveLength(1);
  const seen = await dueAtOf();
  await stand.byHand.claim(jobId);
  const claimed = await jobs.get(jobId);
  expect(await reminders.take(jobId, seen, 1)).toBeUndefined();
  await reminders.redispatched(jobId, seen, 1);
  await reminders.ended(jobId, seen);
  expect(await jobs.get(jobId)).toEqual(claimed);
});

test('a claim leaves a reminder where it is only when that is of the making and after the first beat', async () => {
  const { jobs, transitions, config } = stand.platform;
  const claimed = async (jobId: string, leavesReminderForMs: number) => {
    const before = await jobs.get(jobId);
    const now = Date.now();
    const claimant = { owner: jobId, leaseMs: 1_000, ability: ABILITY, leavesReminderForMs };
    await transitions.claim(jobId, claimant, now);
    const { dueAt = 0 } = (await jobs.get(jobId)) ?? {};
    return dueAt === before?.dueAt ? 'left' : dueAt - now;
  };
  const { platform } = member();
  const moved = 1_000 + (config.VISIBILITY_TIMEOUT_MS - config.LEASE_MS) + 2_000;
  expect(await claimed(await submitted(platform), 1)).toBe('left');
  expect(await claimed(await submitted(platform), 3_600_000)).toBe(moved);
  // Its message is known to be sent: that reminder is a minute off here, and may be an hour.
  expect(await claimed(await waitingJob(), 1)).toBe(moved);
});

test('a backlog is not multiplied: what waits on the queue is put off, and woken once the queue has lost it', async () => {
  const jobIds = await Promise.all(Array.from({ length: 5 }, waitingJob));
  for (let pass = 0; pass < 3; pass += 1) {
    for (const jobId of jobIds) await makeDue(jobId);
    expect(await sweepOnce(stand.platform)).toBe(5);
  }
  expect(await waiting()).toBe(5);
  expect(
    await Promise.all(jobIds.map(async (id) => (await stand.platform.jobs.get(id))?.redispatches)),
  ).toEqual([0, 0, 0, 0, 0]);
  await purge();
  for (const jobId of jobIds) await makeDue(jobId);
  await sweepOnce(stand.platform);
  expect(await waiting()).toBe(5);
});

test('while SQS is away a pass gives up soon, and all is sent by itself once it answers', async () => {
  const { platform, sweep } = member();
  let isAway = true;
  let refused = 0;
  for (const { aws } of [platform, stand.platform]) {
    aws.sqs.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          if (!isAway || commandName !== 'SendMessageCommand') return await next(args);
          refused += 1;
          throw Object.assign(new Error('away'), { name: 'ServiceUnavailable' });
        },
      { step: 'initialize' },
    );
  }
  for (let nth = 0; nth < 30; nth += 1) await makeDue(await waitingJob());
  expect(refused).toBe(30);
  sweep();
  await until('three passes', () => refused >= 39);
  expect(refused).toBeLessThan(60);
  isAway = false;
  await until('all are sent', async () => (await waiting()) === 30, 15_000);
});

test('a job whose message could not be sent is due at once, and no later for a table that did not answer just then', async () => {
  const { platform } = member();
  const { location: input } = await platform.uploads.getOwned(fileId, 'anonymous');
  let writes = 0;
  platform.aws.sqs.middlewareStack.add(
    () => async () => {
      throw Object.assign(new Error('away'), { name: 'ServiceUnavailable' });
    },
    { step: 'initialize' },
  );
  platform.aws.dynamo.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName !== 'UpdateItemCommand') return await next(args);
        writes += 1;
        if (writes === 1) throw Object.assign(new Error('away'), { name: 'ServiceUnavailable' });
        return await next(args);
      },
    { step: 'initialize' },
  );
  const jobId = randomUUID();
  made.push(jobId);
  const source = { kind: 'upload', fileId } as const;
  const asked = { source, input, fileName: 'a.wav', format: 'mp3', options: {} } as const;
  const submitted = await submitJob(platform, { jobId, ownerId: 'anonymous', ...asked });
  const { job } = submitted ?? expect.fail();
  await until('it is due', async () => {
    const { dueAt = Number.POSITIVE_INFINITY } = (await platform.jobs.get(jobId)) ?? expect.fail();
    return dueAt <= Date.now() && dueAt < (job.dueAt ?? 0);
  });
  expect(writes).toBe(2);
});

test('a job that was stored, and the answer of the table is lost, is sent at once', async () => {
  const wasLost = loseAnswerOf(stand.platform.aws.dynamo, 'attribute_not_exists(jobId)');
  const jobId = await submitted(stand.platform);
  expect(wasLost()).toBe(true);
  expect(await waiting()).toBe(1);
  expect(await stand.platform.turns.longestWaiting(100)).toContain(jobId);
});

test('a job that was put off is claimed by no message that comes early, and by one that comes in time', async () => {
  const { transitions, jobs } = stand.platform;
  const jobId = await waitingJob();
  const claim = await stand.byHand.claim(jobId);
  await transitions.retryLater(claim, 1_500, 'STORAGE_UNAVAILABLE', {});
  const before = await jobs.get(jobId);
  const claimant = { owner: 'me', leaseMs: 60_000, ability: ABILITY };
  expect(await transitions.claim(jobId, claimant)).toEqual({ kind: 'early', until: before?.notBefore });
  expect(await jobs.get(jobId)).toEqual(before);
  // Its message lies on the queue all the while.
  await stand.addWorker();
  const claimed = await until('it is claimed', async () => {
    const job = await jobs.get(jobId);
    return job?.attempt === 2 ? job : undefined;
  });
  expect(Date.parse(claimed.updatedAt)).toBeGreaterThanOrEqual(before?.notBefore ?? 0);
  expect(claimed.notBefore).toBeUndefined();
});
