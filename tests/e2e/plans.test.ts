/** Plans: how much an owner may have by settings, counted exactly, and told. */
import { randomUUID } from 'node:crypto';
import { errorBodySchema, submittedSchema, uploadedSchema } from '@wavefleet/contracts/http.ts';
import type { Job } from '@wavefleet/contracts/job.ts';
import { meSchema } from '@wavefleet/contracts/people.ts';
import { announce } from '@wavefleet/platform/jobs/announce.ts';
import { Quotas } from '@wavefleet/platform/plans/quotas.ts';
import { sweepOnce } from '@wavefleet/platform/upkeep/sweeper.ts';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { cutOffWav } from '../bring-up/not-audio.ts';
import { Stand } from '../bring-up/stand.ts';
import { tokenOf } from '../bring-up/token-of.ts';
import { refusal } from './refusal.ts';

const PLANS = {
  small: { minutesPerMonth: 2, activeJobs: 2, storedBytes: 150, uploadBytes: 100, retentionDays: 3 },
  large: { minutesPerMonth: 1_000 },
};
let api: Stand;
beforeAll(async () => {
  expect(cutOffWav.length).toBeLessThan(100);
  api = await Stand.start({
    env: { PLANS: JSON.stringify(PLANS), PLAN_SIGNED_IN: 'small', PLAN_OWNERS: 'account:rich=large' },
  });
});
afterAll(() => api?.stop());

async function somebody(ownerId = `account:${randomUUID()}`) {
  const headers = { authorization: `Bearer ${await tokenOf(api.platform, ownerId)}` };
  const post = (path: string, body: object) =>
    api.request(path, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const uploadOf = (sizeBytes: number) => {
    const body = new Uint8Array(sizeBytes);
    body.set(cutOffWav.subarray(0, sizeBytes));
    return api.request('/api/upload-audio', { method: 'POST', headers, body });
  };
  const upload = async () => uploadedSchema.parse(await (await uploadOf(cutOffWav.length)).json()).fileId;
  return {
    ...{ ownerId, headers, uploadOf, upload, post },
    submit: (fileId: string) => post('/api/jobs', { fileId, format: 'mp3' }),
    plan: async () => meSchema.parse(await (await api.request('/api/me', { headers })).json()).plan,
    used: () => api.platform.usage.of(ownerId, new Date().toISOString()),
    send: (method: string, path: string) => api.request(path, { method, headers }),
  };
}
type Somebody = Awaited<ReturnType<typeof somebody>>;

/** A job that is completed and not told of, from a source so long. */
async function converted(of: Somebody, fileId: string, durationSeconds: number): Promise<Job> {
  const { jobId } = submittedSchema.parse(await (await of.submit(fileId)).json());
  const job = await api.byHand.complete(await api.byHand.claim(jobId), Buffer.from('the result'));
  return { ...job, input: job.input && { ...job.input, durationSeconds } };
}

test('a job counts once, however often its end is told; a failed one and a deleted one change nothing', async () => {
  const ann = await somebody();
  const fileId = await ann.upload();
  const job = await converted(ann, fileId, 30.5);
  expect(await ann.used()).toBe(0);
  await Promise.all([1, 2, 3].map(() => announce(api.platform, job)));
  expect(await ann.used()).toBe(30.5);

  const failed = submittedSchema.parse(await (await ann.submit(fileId)).json()).jobId;
  await api.byHand.fail(await api.byHand.claim(failed));
  await announce(api.platform, (await api.platform.jobs.get(failed)) ?? expect.fail());
  const cancelled = submittedSchema.parse(await (await ann.submit(fileId)).json()).jobId;
  await ann.send('DELETE', `/api/jobs/${cancelled}`);
  expect((await ann.send('DELETE', `/api/jobs/${job.jobId}`)).status).toBe(204);
  expect(await ann.used()).toBe(30.5);
});

test('what its worker did not live to count, the sweeper counts', async () => {
  const ann = await somebody();
  const { jobId } = await converted(ann, await ann.upload(), 2);
  expect(await ann.used()).toBe(0);
  await sweepOnce(api.platform, { horizonMs: Date.now() + 600_000 });
  expect(await ann.used()).toBe(2);
  await sweepOnce(api.platform, { horizonMs: Date.now() + 600_000 });
  expect(await ann.used()).toBe(2);
  expect((await api.platform.jobs.get(jobId))?.pendingEvents).toEqual([]);
});

test('a month that is used up says what is left and when the next one begins; others go on', async () => {
  const [ann, ben] = [await somebody(), await somebody()];
  const fileId = await ann.upload();
  await announce(api.platform, await converted(ann, fileId, 90));
  const now = new Date();
  const resetsAt = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1)).toISOString();
  await expect
    .poll(async () => (await ann.plan())?.minutes)
    .toEqual({ limit: 2, used: 1.5, left: 0.5, resetsAt });
  // What is begun goes through, also beyond the last minute.
  await announce(api.platform, await converted(ann, fileId, 60));
  await expect.poll(async () => (await ann.plan())?.minutes?.left).toBe(0);
  const refused = await ann.submit(fileId);
  expect(refused.status).toBe(429);
  const untilThen = (Date.parse(resetsAt) - Date.now()) / 1000;
  const waitSeconds = Number(refused.headers.get('retry-after'));
  expect(waitSeconds).toBeGreaterThanOrEqual(untilThen);
  expect(waitSeconds).toBeLessThan(untilThen + 60);
  expect(errorBodySchema.parse(await refused.json()).error).toMatchObject({
    code: 'MINUTES_LIMIT',
    detail: { limit: 2, used: 2.5, left: 0, resetsAt },
  });
  expect((await ben.submit(await ben.upload())).status).toBe(202);
  expect(await api.platform.usage.of(ann.ownerId, resetsAt)).toBe(0);
});

test('a month is used up with its last second, and what is used is read again every few seconds', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const used = vi.spyOn(api.platform.usage, 'of');
  onTestFinished(() => {
    vi.useRealTimers();
    used.mockRestore();
  });
  const quotas = new Quotas(api.platform);
  const ownerId = `account:${randomUUID()}`;
  used.mockResolvedValue(119);
  await quotas.admitMinutes(ownerId);
  used.mockResolvedValue(120);
  await quotas.admitMinutes(ownerId);
  expect(used).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(3_001);
  await expect(quotas.admitMinutes(ownerId)).rejects.toMatchObject({ code: 'MINUTES_LIMIT' });
});

test('jobs at once, stored bytes, the size of a file and how long results stay are by the plan', async () => {
  const ann = await somebody();
  const fileId = await ann.upload();
  const made = submittedSchema.parse(await (await ann.submit(fileId)).json());
  await ann.submit(fileId);
  expect(errorBodySchema.parse(await (await ann.submit(fileId)).json()).error).toMatchObject({
    ...{ code: 'JOBS_LIMIT', detail: { limit: 2, used: 2, left: 0 } },
  });
  expect(await ann.plan()).toEqual({
    ...{ name: 'small', minutes: expect.any(Object), uploadBytes: 100, retentionDays: 3 },
    activeJobs: { limit: 2, used: 2 },
    storedBytes: { limit: 150, used: cutOffWav.length },
  });
  expect(await refusal(await ann.uploadOf(101))).toBe('413 PLAN_UPLOAD_LIMIT');
  const parts = await ann.post('/api/uploads', { fileName: 'a.wav', sizeBytes: 101 });
  expect(await refusal(parts)).toBe('413 PLAN_UPLOAD_LIMIT');
  expect((await ann.uploadOf(100)).status).toBe(cutOffWav.length + 100 > 150 ? 429 : 201);
  const { used } = (await ann.plan())?.storedBytes ?? expect.fail();
  expect(errorBodySchema.parse(await (await ann.uploadOf(100)).json()).error).toMatchObject({
    ...{ code: 'STORED_BYTES_LIMIT', detail: { limit: 150, used, left: 150 - used } },
  });
  const done = await api.byHand.complete(await api.byHand.claim(made.jobId), Buffer.from('result'));
  await announce(api.platform, done);
  const { ttl } = (await api.platform.jobs.get(made.jobId)) ?? expect.fail();
  expect(Math.round((ttl - Date.now() / 1000) / 3_600)).toBe(3 * 24);
});

test('a caller is told how long what is kept here, as its plan and the bucket have it', async () => {
  const keepingOf = async (ownerId?: string) => {
    const headers = (await somebody(ownerId)).headers;
    return meSchema.parse(await (await api.request('/api/me', { headers })).json()).keeping;
  };
  const rest = { unusedUploadDays: 60, unfinishedUploadHours: 24 };
  expect(await keepingOf()).toEqual({ resultDays: 3, historyDays: 3, uploadDays: 3, ...rest });
  expect(await keepingOf('operators')).toEqual({ resultDays: 30, historyDays: 30, uploadDays: 7, ...rest });
});

test('an account has the plan that was given to it; where there is none, the settings hold and nothing is counted', async () => {
  const rich = await somebody('account:rich');
  expect(await rich.plan()).toMatchObject({ name: 'large', minutes: { limit: 1_000, used: 0, left: 1_000 } });
  const operators = await somebody('operators');
  const plan = await operators.plan();
  expect(plan).toMatchObject({ activeJobs: { used: 0 }, retentionDays: 30 });
  expect([plan?.name, plan?.minutes]).toEqual([undefined, undefined]);
  await announce(api.platform, await converted(operators, await operators.upload(), 60));
  expect(await operators.used()).toBe(0);
});
