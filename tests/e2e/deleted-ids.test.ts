/** No id is used twice: a job that was deleted leaves its id behind, and what caused it makes another one, or none. */
import { randomUUID } from 'node:crypto';
import { DeleteCommand, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { announce } from '@wavefleet/platform/jobs/announce.ts';
import { derivedJobId } from '@wavefleet/platform/jobs/ids.ts';
import { runAgain } from '@wavefleet/platform/jobs/run-again.ts';
import { submitJob } from '@wavefleet/platform/jobs/submit.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callerOf } from '../bring-up/caller.ts';
import { disturb } from '../bring-up/client-faults.ts';
import { Stand } from '../bring-up/stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await Stand.start({
    env: { PLANS: JSON.stringify({ counted: { minutesPerMonth: 1_000 } }), PLAN_ANONYMOUS: 'counted' },
  });
});
afterAll(() => stand?.stop());

type Caller = ReturnType<typeof callerOf>;

/** The id of the job that a key makes of a file. */
async function submitted(caller: Caller, fileId: string, key: string): Promise<string> {
  const answer = await caller.request('/api/jobs', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({ fileId, format: 'mp3' }),
  });
  expect(answer.status).toBe(202);
  const { jobId } = (await answer.json()) as { jobId: string };
  return jobId;
}

const ended = async (jobId: string) =>
  await stand.byHand.complete(await stand.byHand.claim(jobId), Buffer.from('x'));
const remove = async (caller: Caller, jobId: string) =>
  expect((await caller.request(`/api/jobs/${jobId}`, { method: 'DELETE' })).status).toBe(204);

describe('an Idempotency-Key', () => {
  test('makes a job of another id each time that its job was deleted, and finds the last one', async () => {
    const caller = callerOf(stand);
    const key = randomUUID();
    const ids = new Set<string>();
    for (let time = 0; time < 4; time += 1) {
      const fileId = await caller.upload();
      const jobId = await submitted(caller, fileId, key);
      expect(await submitted(caller, fileId, key)).toBe(jobId);
      ids.add(jobId);
      await ended(jobId);
      await remove(caller, jobId);
      expect((await caller.request(`/api/jobs/${jobId}`)).status).toBe(404);
    }
    expect(ids.size).toBe(4);
    const fileId = await caller.upload();
    const last = await submitted(caller, fileId, key);
    expect(ids).not.toContain(last);
    // However many there were: the first one's stone points at it.
    const [first = ''] = ids;
    const { Item } = await stand.platform.aws.dynamo.send(
      new GetCommand({ TableName: stand.platform.config.JOBS_TABLE, Key: { jobId: first } }),
    );
    expect(Item).toMatchObject({ jobId: first, goneAt: expect.any(Number), next: last });
    expect(Object.keys(Item ?? {}).sort()).toEqual(['goneAt', 'jobId', 'next', 'ttl']);
  });

  test('finds its last job also when DynamoDB has forgotten deleted ones, and as long as that job may live', async () => {
    const caller = callerOf(stand);
    const key = randomUUID();
    const ids: string[] = [];
    for (let time = 0; time < 3; time += 1) {
      const jobId = await submitted(caller, await caller.upload(), key);
      ids.push(jobId);
      if (time === 2) break;
      await ended(jobId);
      await remove(caller, jobId);
    }
    const [first = '', second = '', third = ''] = ids;
    const { jobs, aws, config } = stand.platform;
    const TableName = config.JOBS_TABLE;
    const forget = (jobId: string) => aws.dynamo.send(new DeleteCommand({ TableName, Key: { jobId } }));
    const days = (count: number) => Math.floor(Date.now() / 1_000) + count * 86_400;
    const ttlOf = async (jobId = first) => {
      const { Item } = await aws.dynamo.send(new GetCommand({ TableName, Key: { jobId } }));
      return Number(Item?.ttl);
    };
    const setTtl = (ttl: number) =>
      aws.dynamo.send(
        new UpdateCommand({
          ...{ TableName, Key: { jobId: first }, UpdateExpression: 'SET #ttl = :ttl' },
          ...{ ExpressionAttributeNames: { '#ttl': 'ttl' }, ExpressionAttributeValues: { ':ttl': ttl } },
        }),
      );
    expect(await ttlOf(second)).toBeGreaterThan(days(39));
    await forget(second);
    expect(await jobs.madeBy(first)).toMatchObject({ jobId: third, job: { jobId: third } });
    expect(await ttlOf()).toBeGreaterThan(days(3_650 + 39));
    // Once in a while it is written anew, and not at every look.
    await setTtl(days(3_600));
    await jobs.madeBy(first);
    expect(await ttlOf()).toBeLessThan(days(3_601));
    await setTtl(days(1));
    await jobs.madeBy(first);
    expect(await ttlOf()).toBeGreaterThan(days(3_650));
    // Forgotten between the look and that write it does not come back, as half a record.
    await setTtl(days(1));
    let isForgotten = false;
    disturb(aws.dynamo, (command) => {
      if (!command.startsWith('Update') || isForgotten) return undefined;
      isForgotten = true;
      return { passAfter: () => forget(first) };
    });
    await jobs.madeBy(first);
    disturb(aws.dynamo, () => undefined);
    expect(isForgotten).toBe(true);
    expect(await jobs.knows(first)).toBe(false);
    for (const jobId of [first, randomUUID()]) expect(await jobs.remove(jobId)).toBe(true);
  });

  test('counts the minutes of all its jobs', async () => {
    const caller = callerOf(stand);
    const key = randomUUID();
    for (const seconds of [100, 200]) {
      const jobId = await submitted(caller, await caller.upload(), key);
      const job = await ended(jobId);
      await announce(stand.platform, { ...job, input: job.input && { ...job.input, durationSeconds: 100 } });
      await remove(caller, jobId);
      expect(await stand.platform.usage.of(job.ownerId, new Date().toISOString())).toBe(seconds);
    }
  });

  test('of a job that is deleted while it is asked for makes none: what it read is gone', async () => {
    const caller = callerOf(stand);
    const key = randomUUID();
    const fileId = await caller.upload();
    const jobId = await submitted(caller, fileId, key);
    await ended(jobId);
    const { jobs } = stand.platform;
    const { madeBy } = jobs;
    Reflect.set(jobs, 'madeBy', async (id: string) => {
      Reflect.deleteProperty(jobs, 'madeBy');
      const made = await madeBy.call(jobs, id);
      await remove(caller, jobId);
      return made;
    });
    // As it was when the answer began.
    expect(await submitted(caller, fileId, key)).toBe(jobId);
    expect(await jobs.get(jobId)).toBeUndefined();
    expect(await jobs.madeBy(jobId)).toMatchObject({ job: undefined });
  });

  test('whose job is made and deleted by another request meanwhile is refused for now, and holds nothing', async () => {
    const { platform } = stand;
    const { jobs, uploads, holdings } = platform;
    const caller = callerOf(stand);
    const key = randomUUID();
    const fileId = await caller.upload();
    const { ownerId } = (await uploads.get(fileId)) ?? expect.fail();
    const { location: input } = await uploads.getOwned(fileId, ownerId);
    const { madeBy } = jobs;
    Reflect.set(jobs, 'madeBy', async (id: string) => {
      Reflect.deleteProperty(jobs, 'madeBy');
      const made = await madeBy.call(jobs, id);
      const source = { kind: 'upload', fileId } as const;
      const asked = { source, input, fileName: 'a.wav', format: 'mp3', options: {} } as const;
      await submitJob(platform, { jobId: made.jobId, ownerId, ...asked });
      await ended(made.jobId);
      await jobs.remove(made.jobId);
      return made;
    });
    const answer = await caller.request('/api/jobs', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({ fileId, format: 'mp3' }),
    });
    expect(answer.status).toBe(503);
    expect(await holdings.weight({ name: 'jobs', limit: 1, forgottenAfterMs: 86_400_000 }, ownerId)).toBe(0);
    expect((await uploads.getOwned(fileId, ownerId)).jobs).toBeUndefined();
    expect(await jobs.get(await submitted(caller, fileId, key))).toMatchObject({ status: 'created' });
  });
});

test('a drop that is told of again after its job was deleted is not converted again', async () => {
  const { platform } = stand;
  const key = 'drops/mp3/told-again.wav';
  await platform.objects.putJsonIf(key, 'sound', undefined);
  const input = (await platform.objects.head(key)) ?? expect.fail();
  const jobId = derivedJobId('drop', input.bucket, key, '', '1');
  const drop = {
    ...({ jobId, ownerId: 'drops', input, fileName: 'told-again.wav', format: 'mp3', options: {} } as const),
    source: { kind: 'drop', bucket: input.bucket, key, version: '', sequencer: '1' } as const,
  };
  expect(await submitJob(platform, drop)).toMatchObject({ created: true });
  await ended(jobId);
  expect(await platform.jobs.remove(jobId)).toBe(true);
  expect(await submitJob(platform, drop)).toBeUndefined();
  expect([await platform.jobs.get(jobId), await platform.jobs.knows(jobId)]).toEqual([undefined, true]);
  // It may be removed again, as a deletion is that was broken off.
  expect(await platform.jobs.remove(jobId)).toBe(true);
});

test('a job that is run again after its second run was deleted is run a third time', async () => {
  const caller = callerOf(stand);
  const { platform } = stand;
  const jobId = await submitted(caller, await caller.upload(), randomUUID());
  await stand.byHand.fail(await stand.byHand.claim(jobId));
  const failed = (await platform.jobs.get(jobId)) ?? expect.fail();
  const second = await runAgain(platform, failed);
  expect((await runAgain(platform, failed)).jobId).toBe(second.jobId);
  await stand.byHand.fail(await stand.byHand.claim(second.jobId));
  expect(await platform.jobs.remove(second.jobId)).toBe(true);
  const third = await runAgain(platform, failed);
  expect([jobId, second.jobId]).not.toContain(third.jobId);
  expect(third.retryOf).toBe(jobId);
});
