/** The last steps of a job while DynamoDB does not answer: no work is lost, nothing is counted, nothing stays behind. */
import { join } from 'node:path';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import type { Stage } from '@wavefleet/contracts/stages.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { type Claim, claimJob } from '@wavefleet/platform/jobs/claim.ts';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type CallFate, disturb } from '../bring-up/client-faults.ts';
import { randomOf } from '../bring-up/random.ts';
import { Stand } from '../bring-up/stand.ts';

let stand: Stand;
let short: string;
const stages: Stage[] = [];
let onStage: (stage: Stage) => Promise<void> = async () => {};

beforeAll(async () => {
  stand = await Stand.start({
    async onStage(stage) {
      stages.push(stage);
      await onStage(stage);
    },
  });
  const path = join(stand.dir, 'short.flac');
  await makeSample(path, { seconds: 1 });
  short = (await uploadFile(stand.client, path)).fileId;
});
afterEach(async () => {
  onStage = async () => {};
  stages.length = 0;
  await stand.stopWorkers();
});
afterAll(() => stand?.stop());

/** Of which two and a half seconds may go by without a beat. */
const shortLease = { LEASE_MS: '3000', HEARTBEAT_MS: '800', VISIBILITY_TIMEOUT_MS: '4000' };

/** A worker whose every client of DynamoDB asks `fate` about the updates of its jobs. */
async function disturbedWorker(fate: (update: string) => CallFate, env: Record<string, string> = {}) {
  const worker = await stand.addWorker(env);
  const { dynamo, dynamoBeat } = worker.platform.aws;
  for (const client of [dynamo, dynamoBeat]) {
    disturb(client, (command, input) => {
      const { UpdateExpression = '', ExpressionAttributeValues = {} } = input as {
        UpdateExpression?: string;
        ExpressionAttributeValues?: Record<string, unknown>;
      };
      return fate(`${command} ${UpdateExpression} ${JSON.stringify(ExpressionAttributeValues)}`);
    });
  }
  return worker;
}

const objectsOf = (jobId: string) => stand.platform.objects.list(`conversions/${jobId}/`);
const isPreviews = (update: string) => update.includes('previews = :previews');
const isFinish = (update: string) => update.includes('"completed"') && update.includes('outputS3Location');

test('no commit gets through for three seconds: the attempt waits with its result, and nothing is counted', async () => {
  let since: number | undefined;
  await disturbedWorker((update) => {
    if (!isFinish(update)) return undefined;
    since ??= performance.now();
    return performance.now() - since < 3_000 ? 'refuse' : undefined;
  });
  const { jobId } = await stand.client.jobs.submit({ fileId: short, format: 'mp3' });
  await stand.client.jobs.waitForEnd(jobId);
  expect(await stand.platform.jobs.get(jobId)).toMatchObject({
    status: 'completed',
    ...{ attempt: 1, crashes: 0, retries: 0 },
  });
  expect(await objectsOf(jobId)).toEqual([`conversions/${jobId}/1.mp3`]);
});

test('the answer to the commit is lost: it counts all the same', async () => {
  let lost = 0;
  await disturbedWorker((update) => {
    if (!isFinish(update) || lost > 0) return undefined;
    lost += 1;
    return 'lose';
  });
  const { jobId } = await stand.client.jobs.submit({ fileId: short, format: 'mp3' });
  await stand.client.jobs.waitForEnd(jobId);
  await stand.stopWorkers();
  expect(lost).toBe(1);
  expect(await stand.platform.jobs.get(jobId)).toMatchObject({ status: 'completed', attempt: 1, crashes: 0 });
  expect(await objectsOf(jobId)).toEqual([`conversions/${jobId}/1.mp3`]);
});

test('DynamoDB is away until the lease is over: the next attempt takes the stored result over, and nothing is counted', async () => {
  let isAway = false;
  let hasGone = false;
  onStage = async (stage) => {
    if (stage !== 'complete' || hasGone) return;
    isAway = true;
    hasGone = true;
  };
  await disturbedWorker(() => (isAway ? 'refuse' : undefined), shortLease);
  const { jobId } = await stand.client.jobs.submit({ fileId: short, format: 'mp3' });
  await until('the result is stored, and cannot be entered', async () => isAway);
  const first = await stand.platform.results.look(`conversions/${jobId}/1.mp3`);
  await until('the lease is over', async () => {
    const { lease } = (await stand.platform.jobs.get(jobId)) ?? {};
    return lease !== undefined && lease.until < Date.now();
  });
  isAway = false;
  await stand.client.jobs.waitForEnd(jobId);
  const job = (await stand.platform.jobs.get(jobId)) ?? expect.fail();
  await stand.stopWorkers();
  expect(job).toMatchObject({ status: 'completed', attempt: 2, crashes: 0, retries: 0 });
  expect(stages.filter((stage) => stage === 'convert')).toHaveLength(1);
  expect(await objectsOf(jobId)).toEqual([`conversions/${jobId}/2.mp3`]);
  expect(job.outputS3Location).toMatchObject({
    sizeBytes: first?.sizeBytes,
    key: `conversions/${jobId}/2.mp3`,
  });
  expect(job.input?.codec).toBe('flac');
  expect(Object.keys(job.timings ?? {})).toEqual(
    expect.arrayContaining(['queued', 'convert', 'verify', 'total']),
  );
});

test('a worker that was cut off takes its crash back, also when another one is at its job by then', async () => {
  let isAway = false;
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  onStage = async (stage) => {
    if (stage === 'convert') await (isAway ? second : first).promise;
  };
  await disturbedWorker(() => (isAway ? 'refuse' : undefined), shortLease);
  const { jobId } = await stand.client.jobs.submit({ fileId: short, format: 'mp3' });
  const seen = async () => (await stand.platform.jobs.get(jobId)) ?? expect.fail();
  await until('it is at work', async () => stages.includes('convert'));
  isAway = true;
  await until('its lease is over', async () => ((await seen()).lease?.until ?? 0) < Date.now());
  await stand.addWorker();
  first.resolve();
  const converting = () => stages.filter((stage) => stage === 'convert').length;
  await until('the other one is at it', async () => converting() === 2);
  expect(await seen()).toMatchObject({ status: 'processing', attempt: 2, crashes: 2 });
  isAway = false;
  await until('it is taken back', async () => (await seen()).crashes === 1);
  second.resolve();
  await stand.client.jobs.waitForEnd(jobId);
  expect(await seen()).toMatchObject({ status: 'completed', attempt: 2, crashes: 0 });
});

test('a preview that cannot be entered, or whose storing went unanswered, stays nowhere', async () => {
  let stored = 0;
  const unentered = await disturbedWorker((update) => (isPreviews(update) ? 'refuse' : undefined));
  const first = await stand.client.jobs.submit({ fileId: short, format: 'aiff' });
  await stand.client.jobs.waitForEnd(first.jobId);
  await until('a preview is stored', async () => (await objectsOf(first.jobId)).length === 2);
  await until('it is gone', async () => (await objectsOf(first.jobId)).length === 1);
  await unentered.stop();

  const worker = await stand.addWorker();
  for (const client of [worker.platform.aws.s3, worker.platform.aws.s3Streams]) {
    disturb(client, (command, input) => {
      const { Key = '' } = input as { Key?: string };
      if (command !== 'PutObjectCommand' || !Key.includes('preview')) return undefined;
      stored += 1;
      return 'lose';
    });
  }
  const second = await stand.client.jobs.submit({ fileId: short, format: 'aiff' });
  await stand.client.jobs.waitForEnd(second.jobId);
  await until('a preview is stored', async () => stored > 0);
  await stand.stopWorkers();
  for (const { jobId } of [first, second]) {
    expect(await objectsOf(jobId)).toEqual([`conversions/${jobId}/1.aiff`]);
    expect((await stand.platform.jobs.get(jobId))?.previews).toBeUndefined();
  }
}, 120_000);

test('S3 takes no result for seconds: it waits, and is not made again', async () => {
  const worker = await stand.addWorker();
  let tries = 0;
  disturb(worker.platform.aws.s3, (command) => {
    if (command !== 'PutObjectCommand') return undefined;
    tries += 1;
    return tries <= 6 ? 'refuse' : undefined;
  });
  const { jobId } = await stand.client.jobs.submit({ fileId: short, format: 'mp3' });
  await stand.client.jobs.waitForEnd(jobId);
  expect(await stand.platform.jobs.get(jobId)).toMatchObject({ status: 'completed', attempt: 1, crashes: 0 });
  expect(stages.filter((stage) => stage === 'convert')).toHaveLength(1);
});

test('a worker that could not say in time that it let go takes its crash back, once', async () => {
  const { transitions, jobs } = stand.platform;
  const jobId = await stand.byHand.job();
  const claimAs = async (owner: string, atMs: number) => {
    const claimed = await transitions.claim(jobId, { owner, leaseMs: 1, ability: 99 }, atMs);
    if (claimed.kind !== 'claimed') throw new Error(claimed.kind);
    return claimed.claim;
  };
  const now = Date.now();
  const late = await claimAs('late', now - 120_000);
  const dead = await claimAs('dead', now - 60_000);
  await claimAs('alive', now);
  expect(await jobs.get(jobId)).toMatchObject({ attempt: 3, crashes: 3 });
  expect(await transitions.release(late)).toBe(false);
  await transitions.absolve(late);
  await transitions.absolve(late);
  expect(await jobs.get(jobId)).toMatchObject({ attempt: 3, crashes: 2, lease: { owner: 'alive' } });
  await transitions.absolve(dead);
  expect(await jobs.get(jobId)).toMatchObject({ crashes: 1 });
});

test('letting go, whose answer was lost, is not followed by taking the crash back once more', async () => {
  const { transitions, jobs } = stand.platform;
  const jobId = await stand.byHand.job();
  const claimAs = async (owner: string) => {
    const claimed = await transitions.claim(jobId, { owner, leaseMs: 60_000, ability: 99 });
    if (claimed.kind !== 'claimed') throw new Error(claimed.kind);
    return claimed.claim;
  };
  const first = await claimAs('first');
  expect(await transitions.release(first)).toBe(true);
  const second = await claimAs('second');
  // It has not heard that it was done, and tries once more.
  expect(await transitions.release(first)).toBe(false);
  await transitions.absolve(first);
  expect(await jobs.get(jobId)).toMatchObject({ attempt: 2, crashes: 1 });
  await transitions.retryLater(second, 0, 'SERVICE_UNAVAILABLE', {});
  const third = await claimAs('third');
  await transitions.absolve(second);
  expect(await transitions.release(third)).toBe(true);
  expect(await jobs.get(jobId)).toMatchObject({ attempt: 3, crashes: 0 });
});

test('whatever comes late, twice or out of turn: the crashes are the attempts that nobody gave back', async () => {
  const { transitions, jobs } = stand.platform;
  const random = randomOf(7);
  for (let run = 0; run < 20; run += 1) {
    const jobId = await stand.byHand.job();
    const claims: Claim[] = [];
    const givenBack = new Set<number>();
    // Leases are over at once: whoever comes next may have the job.
    let clock = Date.now() - 3_600_000;
    for (let step = 0; step < 20; step += 1) {
      clock += 60_000;
      const claim = claims.at(random() * claims.length);
      const what = Math.floor(random() * 4);
      if (claim === undefined || what === 0) {
        const owner = `owner-${claims.length}`;
        const claimed = await transitions.claim(jobId, { owner, leaseMs: 1, ability: 99 }, clock);
        if (claimed.kind === 'claimed') claims.push(claimed.claim);
      } else if (what === 1) {
        if ((await transitions.release(claim)) && claim === claims.at(-1)) givenBack.add(claim.attempt);
      } else if (what === 2) {
        await transitions.absolve(claim);
        if (claim !== claims.at(-1)) givenBack.add(claim.attempt);
      } else if ((await transitions.retryLater(claim, -7_200_000, 'SERVICE_UNAVAILABLE', {})) !== undefined) {
        if (claim === claims.at(-1)) givenBack.add(claim.attempt);
      }
    }
    expect((await jobs.get(jobId))?.crashes).toBe(claims.length - givenBack.size);
  }
});

test('who meets a lease of another clock asks again after a lease of its own, however far that one reaches', async () => {
  const { transitions, config } = stand.platform;
  const jobId = await stand.byHand.job();
  const claimAt = (owner: string, atMs: number) =>
    transitions.claim(jobId, { owner, leaseMs: config.LEASE_MS, ability: 99 }, atMs);
  const now = Date.now();
  expect((await claimAt('ten minutes fast', now + 600_000)).kind).toBe('claimed');
  expect(await claimAt('right', now)).toMatchObject({
    kind: 'leased',
    until: now + config.VISIBILITY_TIMEOUT_MS,
  });
});

test('a clock that runs ahead takes no lease that still holds', async () => {
  const { transitions, config } = stand.platform;
  const jobId = await stand.byHand.job();
  const now = Date.now();
  const claimAt = (owner: string, atMs: number) =>
    transitions.claim(jobId, { owner, leaseMs: config.LEASE_MS, ability: 99 }, atMs);
  expect((await claimAt('holder', now)).kind).toBe('claimed');
  const skewMs = config.VISIBILITY_TIMEOUT_MS - config.LEASE_MS;
  expect(skewMs).toBe(2_000);
  const until = now + config.LEASE_MS;
  expect(await claimAt('ahead', until + skewMs)).toMatchObject({ kind: 'leased', until: until + skewMs });
  const failure = { code: 'WORKER_CRASHED', message: 'Given up.', retryable: false } as const;
  expect(await transitions.giveUp(jobId, failure, until + skewMs)).toBeUndefined();
  expect((await claimAt('next', until + skewMs + 1)).kind).toBe('claimed');
});

const HOLDER_BETWEEN = {
  'beats once more': (held) => stand.platform.transitions.beat(held, 60_000),
  'beats by a clock that is a second behind': (held) => stand.platform.transitions.beat(held, -1_000),
  'puts it off': (held) => stand.platform.transitions.retryLater(held, 60_000, 'STORAGE_UNAVAILABLE', {}),
  'ends it': (held) => stand.byHand.fail(held),
} satisfies Record<string, (held: Claim) => Promise<unknown>>;

test.each([
  ['beats once more', 'leased'],
  ['beats by a clock that is a second behind', 'leased'],
  ['puts it off', 'early'],
  ['ends it', 'terminal'],
] as const)(
  'who sees a lease that is over has not got the job where its holder %s just then',
  async (what, kind) => {
    const { transitions, jobs, aws, config } = stand.platform;
    const jobId = await stand.byHand.job();
    const held = await transitions.claim(
      jobId,
      { owner: 'holder', leaseMs: 1, ability: 99 },
      Date.now() - 60_000,
    );
    if (held.kind !== 'claimed') throw new Error(held.kind);
    let looks = 0;
    const access = {
      ...{ table: config.JOBS_TABLE, dynamo: aws.dynamo },
      jobs: {
        async get(id: string) {
          const seen = await jobs.get(id);
          looks += 1;
          if (looks === 1) await HOLDER_BETWEEN[what](held.claim);
          return seen;
        },
      },
    };
    const claimant = { owner: 'next', leaseMs: 60_000, ability: 99 };
    const clock = { skewMs: 2_000, now: Date.now() };
    expect((await claimJob(access, jobId, claimant, clock)).kind).toBe(kind);
    expect(looks).toBe(2);
    expect(await jobs.get(jobId)).toMatchObject({ attempt: 1 });
  },
);

test('the answer to a release or a retry is lost: the second look says that it was ours', async () => {
  const { transitions } = stand.platform;
  const counts = { retries: 1, retriesBy: { DECODER_CRASHED: 1 } };
  const first = await stand.byHand.claim(await stand.byHand.job());
  expect([await transitions.release(first), await transitions.release(first)]).toEqual([true, true]);
  const second = await stand.byHand.claim(await stand.byHand.job());
  const told = await transitions.retryLater(second, 0, 'DECODER_CRASHED', counts);
  expect(await transitions.retryLater(second, 0, 'DECODER_CRASHED', counts)).toEqual(told);
  expect(told).toMatchObject({ crashes: 0, ...counts });
});

const DAMAGED = { code: 'CORRUPT_INPUT', message: 'Damaged.', retryable: false } as const;

test('what another attempt has done is nobody else’s doing: neither its letting go nor its end', async () => {
  const { transitions } = stand.platform;
  const jobId = await stand.byHand.job();
  const late = await transitions.claim(
    jobId,
    { owner: 'late', leaseMs: 1, ability: 99 },
    Date.now() - 60_000,
  );
  if (late.kind !== 'claimed') throw new Error(late.kind);
  await transitions.release(await stand.byHand.claim(jobId));
  expect(await transitions.release(late.claim)).toBe(false);
  expect(await transitions.retryLater(late.claim, 0, 'DECODER_CRASHED', {})).toBeUndefined();
  const last = await stand.byHand.claim(jobId);
  expect(await transitions.finish(last, { status: 'failed', error: DAMAGED })).toMatchObject({ attempt: 3 });
  // Who takes that for its own leaves its result in the bucket.
  expect(await transitions.finish(late.claim, { status: 'failed', error: DAMAGED })).toBeUndefined();
});

const ENDS = {
  completed: (claim) => stand.byHand.complete(claim, Buffer.from('the result')),
  failed: (claim) => stand.byHand.fail(claim),
  cancelled: ({ jobId }) => stand.platform.transitions.cancel(jobId),
} satisfies Record<string, (claim: Claim) => Promise<unknown>>;

test.each(['completed', 'failed', 'cancelled'] as const)(
  'a job that is %s stays so, whatever its worker, another one, its owner and a sweeper do afterwards',
  async (status) => {
    const { transitions, jobs } = stand.platform;
    const jobId = await stand.byHand.job();
    const claim = await stand.byHand.claim(jobId);
    await ENDS[status](claim);
    const ended = (await jobs.get(jobId)) ?? expect.fail();
    expect(ended.status).toBe(status);
    const later = Date.now() + 3_600_000;
    const claimant = { owner: 'next', leaseMs: 60_000, ability: 99 };
    expect(await transitions.claim(jobId, claimant, later)).toMatchObject({ kind: 'terminal' });
    expect(await transitions.beat(claim, 60_000)).toBe(false);
    expect(await transitions.release(claim)).toBe(false);
    await transitions.absolve(claim);
    expect(await transitions.retryLater(claim, 0, 'STORAGE_UNAVAILABLE', { retries: 1 })).toBeUndefined();
    expect(await transitions.cancel(jobId)).toBeUndefined();
    expect(await transitions.giveUp(jobId, DAMAGED, later)).toBeUndefined();
    // Its own end, once more, is answered as it was.
    await transitions.finish(claim, { status: 'failed', error: { ...DAMAGED, message: 'Another end.' } });
    expect(await jobs.get(jobId)).toEqual(ended);
  },
);

test('cancelled while its result is being stored: nothing stays in S3', async () => {
  const stored = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  let hasBeaten = false;
  const worker = await disturbedWorker((update) => {
    hasBeaten ||= update.includes('#until = :until');
    return undefined;
  });
  disturb(worker.platform.aws.s3, (command) => {
    if (command !== 'PutObjectCommand') return undefined;
    stored.resolve();
    return { loseAfter: answered.promise };
  });
  const { jobId } = await stand.client.jobs.submit({ fileId: short, format: 'mp3' });
  await stored.promise;
  await until('it lies there', async () => (await objectsOf(jobId)).length > 0);
  await stand.platform.transitions.cancel(jobId);
  hasBeaten = false;
  await until('the worker has heard of it', async () => hasBeaten);
  answered.resolve();
  await worker.stop();
  expect(await stand.platform.jobs.get(jobId)).toMatchObject({ status: 'cancelled' });
  expect(await objectsOf(jobId)).toEqual([]);
});
