/** Fairness on a queue that knows none: owners take turns, whatever is in front of them. */
import { randomUUID } from 'node:crypto';
import { until } from '@wavefleet/localstack/waiting.ts';
import { submitJob } from '@wavefleet/platform/jobs/submit.ts';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Stand } from '../bring-up/stand.ts';

let stand: Stand;
/** Jobs in the order in which workers asked for them. */
const begun: string[] = [];
/** Whom a worker may not begin with until the test says so, by the job that is next. */
let hold: ((jobId: string) => Promise<void>) | undefined;
/** Nobody but the queue and the board wakes anybody. */
const unswept = { SWEEP_INTERVAL_MS: '60000' };

beforeAll(async () => {
  stand = await Stand.start({
    async onStage(stage, jobId) {
      if (stage !== 'download') return;
      begun.push(jobId);
      await hold?.(jobId);
    },
  });
});
afterEach(async () => {
  hold = undefined;
  await stand.stopWorkers();
});
afterAll(() => stand?.stop());

/** A job that fails as soon as it is run: its file is not there. */
async function submit(ownerId: string): Promise<string> {
  const jobId = randomUUID();
  await submitJob(stand.platform, {
    jobId,
    ownerId,
    source: { kind: 'upload', fileId: randomUUID() },
    input: { bucket: stand.env.S3_BUCKET ?? '', key: `uploads/${jobId}`, sizeBytes: 1, etag: '"none"' },
    fileName: 'gone.wav',
    format: 'mp3',
    options: {},
  });
  return jobId;
}

async function flood(ownerId: string, count: number): Promise<string[]> {
  const jobIds: string[] = [];
  while (jobIds.length < count) {
    const length = Math.min(10, count - jobIds.length);
    jobIds.push(...(await Promise.all(Array.from({ length }, () => submit(ownerId)))));
  }
  return jobIds;
}

const attemptOf = async (jobId: string) => {
  const job = await stand.platform.jobs.get(jobId);
  return job?.status === 'failed' ? job.attempt : undefined;
};
/** One after the other: a thousand connections at once are too many for one machine. */
async function attemptsOf(jobIds: readonly string[]): Promise<(number | undefined)[]> {
  const attempts: (number | undefined)[] = [];
  for (const jobId of jobIds) attempts.push(await attemptOf(jobId));
  return attempts;
}
const noMessageIsLeft = () =>
  until('no message is left', async () => {
    const { waiting, inFlight } = await stand.platform.queue.depth(AbortSignal.timeout(2_000));
    return waiting + inFlight === 0;
  });

test('behind 60 jobs of one owner, another one’s job is next when a slot is free; all run once, and no message is left', async () => {
  const many = await flood('flooder', 60);
  const workers = [await stand.addWorker(), await stand.addWorker()];
  await until('the flood is under way', () => begun.length > 10);
  const overtakenBy: number[] = [];
  for (let nth = 0; nth < 10; nth += 1) {
    const before = begun.length;
    const jobId = await submit('quiet');
    await until('it runs', () => begun.includes(jobId));
    overtakenBy.push(begun.indexOf(jobId) - before);
  }
  // Each worker may have begun one, and taken one off the board, by the time that the job was on it.
  expect(Math.max(...overtakenBy)).toBeLessThanOrEqual(2 * workers.length);
  await until('the flood is over', () => begun.length >= 70, 120_000);
  await noMessageIsLeft();
  expect(new Set(await attemptsOf(many))).toEqual(new Set([1]));
  expect(begun.length).toBe(70);
  expect(await stand.platform.redis?.cache.keys('{turns}*')).toEqual([]);
});

test('three owners with a backlog get every third turn', async () => {
  begun.length = 0;
  const owners = new Map<string, string>();
  for (const [owner, count] of [
    ['a', 24],
    ['b', 8],
    ['c', 8],
  ] as const) {
    for (const jobId of await flood(owner, count)) owners.set(jobId, owner);
  }
  await stand.addWorker();
  await until('all have run', () => begun.length >= 40);
  const first = begun.slice(0, 24).map((jobId) => owners.get(jobId));
  expect(
    Object.fromEntries(
      ['a', 'b', 'c'].map((owner) => [owner, first.filter((each) => each === owner).length]),
    ),
  ).toEqual({ a: 8, b: 8, c: 8 });
  // Else the last one is handed back, and the next test's.
  await noMessageIsLeft();
});

test('a job that is handed back is next among its owner’s, wherever its message is by then', async () => {
  begun.length = 0;
  const many = await flood('flooder', 20);
  const gate = Promise.withResolvers<void>();
  hold = () => gate.promise;
  const leaving = await stand.addWorker(unswept);
  await until('one is at work', () => begun.length === 1);
  const [handedBack = ''] = begun;
  const stopped = leaving.stop();
  hold = undefined;
  gate.resolve();
  await stopped;
  expect(await attemptOf(handedBack)).toBeUndefined();
  await stand.addWorker(unswept);
  await until('the next one is at work', () => begun.length > 1);
  expect(begun[1]).toBe(handedBack);
  await until('all have run', () => begun.length > many.length);
  await noMessageIsLeft();
  expect(begun.slice(1).toSorted()).toEqual(many.toSorted());
});

test('the message of a job that is at work by another one is used for the job that has none', async () => {
  begun.length = 0;
  // One after the other: so do their messages come.
  const [first, second] = [await submit('many'), await submit('many')];
  const long = await submit('one');
  const gate = Promise.withResolvers<void>();
  hold = async (jobId) => {
    if (jobId === long) await gate.promise;
  };
  await stand.addWorker(unswept);
  // By the message of the second one, whose owner has just had a turn.
  await until('the long one is at work', () => begun.includes(long));
  expect(begun).toEqual([first, long]);
  await stand.addWorker(unswept);
  await until('the second one is at work', () => begun.includes(second));
  expect(await attemptOf(long)).toBeUndefined();
  gate.resolve();
  await until('all have ended', async () => (await attemptsOf([first, second, long])).every(Boolean));
});

test('who came back is first among its owner’s, then who has no message, each by when they came; not before another owner’s turn', async () => {
  const { turns, redis } = stand.platform;
  const { cache } = redis ?? expect.fail('no Redis');
  await cache.del('{turns}:waiting', ...(await cache.keys('{turns}*')));
  const add = async (ownerId: string, count: number) => {
    const jobIds = Array.from({ length: count }, () => randomUUID());
    for (const jobId of jobIds) await turns.add({ jobId, ownerId });
    return jobIds;
  };
  const [first = '', second = '', third = '', fourth = ''] = await add('a', 4);
  const [other = ''] = await add('b', 1);
  expect(await turns.nextForStray()).toBeUndefined();
  expect(await turns.insteadOf(first)).toBe(first);
  expect(await turns.insteadOf(second)).toBe(other);
  expect(await turns.insteadOf(third)).toBe(second);
  expect(await turns.insteadOf(fourth)).toBe(third);
  const [later = ''] = await add('a', 1);
  expect(await turns.insteadOf(later)).toBe(fourth);
  // Within one millisecond the lesser id comes first.
  const returned = [randomUUID(), randomUUID()].sort();
  for (const jobId of returned) await turns.addReturned({ jobId, ownerId: 'a' });
  const [quiet = ''] = await add('c', 1);
  const taken: (string | undefined)[] = [];
  for (let nth = 0; nth < 5; nth += 1) taken.push(await turns.nextForStray());
  expect(taken).toEqual([quiet, ...returned, later, undefined]);
  // As versions before mark them.
  await turns.add({ jobId: later, ownerId: 'a' });
  await cache.zadd('{turns}:of:a', 0, later);
  await turns.addReturned({ jobId: returned[0] ?? '', ownerId: 'a' });
  expect([await turns.nextForStray(), await turns.nextForStray()]).toEqual([returned[0], later]);
  expect(await cache.keys('{turns}*')).toEqual([]);
});

test('a board is forgotten with the messages; who is put on it again comes no later; an unknown job’s message is its own', async () => {
  const { turns, redis } = stand.platform;
  const { cache } = redis ?? expect.fail('no Redis');
  const [first, returned, unknown] = [randomUUID(), randomUUID(), randomUUID()];
  await turns.add({ jobId: first, ownerId: 'a' });
  await turns.addReturned({ jobId: returned, ownerId: 'a' });
  // As the sweeper does that sends its message again.
  await turns.add({ jobId: returned, ownerId: 'a' });
  for (const key of await cache.keys('{turns}*')) {
    expect(await cache.ttl(key)).toBeGreaterThan(4 * 86_400 - 60);
    expect(await cache.ttl(key)).toBeLessThanOrEqual(4 * 86_400);
  }
  expect(await turns.insteadOf(unknown)).toBeUndefined();
  expect(await turns.next()).toBe(returned);
  await turns.remove({ jobId: first, ownerId: 'a' });
  expect(await cache.keys('{turns}*')).toEqual([]);
});

test('a board that lies or is lost delays jobs, and loses none', async () => {
  begun.length = 0;
  const jobIds = [...(await flood('flooder', 20)), ...(await flood('quiet', 10))];
  const { cache } = stand.platform.redis ?? expect.fail('no Redis');
  // Jobs that never were, one that is no id, and one that is said to be somebody else's.
  for (const lie of [randomUUID(), randomUUID(), 'no id', jobIds[0] ?? '']) {
    await stand.platform.turns.add({ jobId: lie, ownerId: 'liar' });
  }
  await stand.addWorker();
  await until('some have run', () => begun.length >= 10);
  await cache.del(...(await cache.keys('{turns}*')));
  await until('all have ended', async () => (await attemptsOf(jobIds)).every(Boolean), 60_000);
});

test('who was taken by a worker that knows no list of those that wait is not among them, and does not stay in it', async () => {
  const { turns, redis } = stand.platform;
  const { cache } = redis ?? expect.fail('no Redis');
  await cache.del('{turns}:waiting', ...(await cache.keys('{turns}*')));
  const taken = Array.from({ length: 50 }, () => randomUUID());
  // Within one millisecond the lesser id comes first.
  const [first = '', second = ''] = [randomUUID(), randomUUID()].sort();
  for (const jobId of [...taken, first, second]) await turns.add({ jobId, ownerId: 'a' });
  // As versions before that list take them.
  await cache.hdel('{turns}:jobs', ...taken);
  await cache.zrem('{turns}:of:a', ...taken);
  expect(await turns.longestWaiting(1)).toEqual([first]);
  expect(await turns.longestWaiting(20)).toEqual([first, second]);
  expect(await cache.zrange('{turns}:waiting', 0, '-1')).toEqual([first, second]);
  // What nobody asks about goes with the messages.
  await cache.zadd('{turns}:waiting', Date.now() - 5 * 86_400_000, taken[0] ?? '');
  await turns.add({ jobId: first, ownerId: 'a' });
  expect(await cache.zrange('{turns}:waiting', 0, '-1')).toEqual([first, second]);
  await turns.notWaiting([first]);
  expect(await turns.longestWaiting(20)).toEqual([second]);
});

test('without Redis jobs run as they come', async () => {
  begun.length = 0;
  await stand.services.killRedis();
  await until('Redis is away', () => stand.platform.redis?.isUp() === false);
  const jobIds = await flood('flooder', 20);
  await stand.addWorker();
  await until('all have ended', async () => (await attemptsOf(jobIds)).every(Boolean), 60_000);
});
