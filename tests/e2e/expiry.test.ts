/** What has lived its time goes, by the record's own date and the bucket's own rules, and nothing else does. */

import { jobViewSchema } from '@wavefleet/contracts/http.ts';
import { previewKey } from '@wavefleet/contracts/keys.ts';
import { nothingKnown } from '@wavefleet/contracts/progress.ts';
import { announce } from '@wavefleet/platform/jobs/announce.ts';
import { expireJobs, expireObjects } from '@wavefleet/worker/upkeep/expiry.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Stand } from '../bring-up/stand.ts';
import { refusal, UNKNOWN_ID } from './refusal.ts';

const DAY_MS = 86_400_000;
const inDays = (days: number) => Date.now() + days * DAY_MS;

let api: Stand;
beforeAll(async () => {
  api = await Stand.start();
});
afterAll(() => api?.stop());

/** A completed and announced job of which a record is kept for so many days. */
async function completedJob(fileId: string, retentionDays: number): Promise<string> {
  await api.restartApi({ JOB_RETENTION_DAYS: String(retentionDays) });
  const jobId = await api.byHand.job(fileId);
  const claim = await api.byHand.claim(jobId);
  await api.platform.progress.persist({
    jobId,
    attempt: 1,
    percent: 50,
    stage: 'convert',
    ...nothingKnown,
    updatedAt: new Date().toISOString(),
  });
  await announce(api.platform, await api.byHand.complete(claim, Buffer.from('result')));
  await api.platform.objects.putJsonIf(previewKey(jobId, 1, 'source'), {}, undefined);
  return jobId;
}

const storedBelow = (prefix: string) => api.platform.objects.list(prefix);

test('a job goes on its day with result, preview and progress; its upload with the last job that reads it', async () => {
  const fileId = await api.byHand.upload();
  const short = await completedJob(fileId, 1);
  const long = await completedJob(fileId, 2);
  const { platform } = api;
  expect(await expireJobs(platform, inDays(0.9))).toBe(0);

  expect(await expireJobs(platform, inDays(1.1))).toBe(1);
  expect(await refusal(await api.request(`/api/jobs/${short}`))).toBe('404 JOB_NOT_FOUND');
  expect(await storedBelow(`conversions/${short}/`)).toEqual([]);
  expect(await platform.progress.readTable(short)).toBeUndefined();
  expect(await storedBelow(`conversions/${long}/`)).toHaveLength(2);
  expect(await storedBelow(`uploads/${fileId}`)).toHaveLength(1);

  expect(await expireJobs(platform, inDays(2.1))).toBe(1);
  expect(await storedBelow(`conversions/${long}/`)).toEqual([]);
  expect(await storedBelow(`uploads/${fileId}`)).toEqual([]);
  expect(await refusal(await api.request(`/api/uploads/${fileId}`))).toBe('404 UPLOAD_NOT_FOUND');
});

test('an upload goes some days after the last of its jobs has ended; jobs and results stay', async () => {
  const fileId = await api.byHand.upload();
  const first = await completedJob(fileId, 30);
  const { platform } = api;
  const running = await api.byHand.job(fileId);
  const view = jobViewSchema.parse(await (await api.request(`/api/jobs/${first}`)).json());
  const keptMs = Date.parse(view.uploadKeptUntil ?? '') - Date.now();
  expect(Math.round((keptMs / DAY_MS) * 10) / 10).toBe(7);
  await expireJobs(platform, inDays(6.9));
  expect((await platform.uploads.getOwned(fileId, 'anonymous')).jobs).toEqual(new Set([first, running]));
  await expireJobs(platform, inDays(7.1));
  expect((await platform.uploads.getOwned(fileId, 'anonymous')).jobs).toEqual(new Set([running]));

  const claim = await api.byHand.claim(running);
  await announce(platform, await api.byHand.complete(claim, Buffer.from('result')));
  expect(await expireJobs(platform, inDays(7.2))).toBe(0);
  expect(await storedBelow(`uploads/${fileId}`)).toEqual([]);
  for (const jobId of [first, running]) {
    expect((await api.request(`/api/download?jobId=${jobId}`)).status).toBe(200);
    expect(await platform.jobs.get(jobId)).toMatchObject({ status: 'completed' });
  }
  expect(await expireJobs(platform, inDays(31))).toBe(2);
  expect(await platform.jobs.get(first)).toBeUndefined();
});

test('a job that is not over, or not announced, never expires', async () => {
  await api.restartApi({ JOB_RETENTION_DAYS: '1' });
  const waiting = await api.byHand.job();
  const running = await api.byHand.job();
  await api.byHand.claim(running);
  const untold = await api.byHand.job();
  await api.byHand.complete(await api.byHand.claim(untold), Buffer.from('result'));
  expect(await expireJobs(api.platform, inDays(100))).toBe(0);
  for (const jobId of [waiting, running, untold])
    expect((await api.request(`/api/jobs/${jobId}`)).status).toBe(200);
});

test('DynamoDB drops no job that waits or is at work, however soon those that are over go', async () => {
  await api.restartApi({ JOB_RETENTION_DAYS: '1' });
  const daysLeft = async (jobId: string) => {
    const { ttl } = (await api.platform.jobs.get(jobId)) ?? expect.fail();
    return Math.round(((ttl * 1000 - Date.now()) / DAY_MS) * 10) / 10;
  };
  const fileId = await api.byHand.upload();
  const jobId = await api.byHand.job(fileId);
  expect(await daysLeft(jobId)).toBe(30);
  const claim = await api.byHand.claim(jobId);
  expect(await daysLeft(jobId)).toBe(30);
  await announce(api.platform, await api.byHand.complete(claim, Buffer.from('result')));
  expect(await daysLeft(jobId)).toBe(1);
  // Its upload goes with it, no sooner and no later.
  expect(await api.platform.jobs.get(jobId)).not.toHaveProperty('uploadKeptUntil');
  expect(await expireJobs(api.platform, inDays(1.1))).toBe(1);
  expect(await storedBelow(`uploads/${fileId}`)).toEqual([]);
});

test('two workers that look at once remove each job once', async () => {
  const fileId = await api.byHand.upload();
  const jobIds: string[] = [];
  for (let index = 0; index < 4; index += 1) jobIds.push(await completedJob(fileId, 1));
  const passes = await Promise.all([1, 2, 3].map(() => expireJobs(api.platform, inDays(1.1))));
  // Whoever comes second leaves the shard to the first, who may have left another one to the second.
  const rest = await expireJobs(api.platform, inDays(1.1));
  expect(passes.reduce((sum, removed) => sum + removed, rest)).toBe(jobIds.length);
  for (const jobId of jobIds) expect(await api.platform.jobs.get(jobId)).toBeUndefined();
});

test('objects go by the lifecycle rule of their prefix, uploads with their records, whoever has forgotten them', async () => {
  const { platform } = api;
  const fileId = await api.byHand.upload();
  const put = (key: string) =>
    platform.objects.putBytes(key, Buffer.from('bytes'), 'application/octet-stream');
  const orphan = `conversions/${UNKNOWN_ID}/1.mp3`;
  await put(orphan);
  await put('drops/voice/a.wav');
  await platform.objects.putJsonIf('results/voice/a.wav.json', {}, undefined);

  await expireObjects(platform, inDays(29));
  expect(await storedBelow(orphan)).toEqual([orphan]);
  expect(await storedBelow('results/')).toHaveLength(1);
  await expireObjects(platform, inDays(31));
  expect(await storedBelow(orphan)).toEqual([]);
  expect(await storedBelow('results/')).toEqual([]);
  expect(await storedBelow('drops/')).toEqual(['drops/voice/a.wav']);
  expect((await api.request(`/api/uploads/${fileId}`)).status).toBe(200);

  await expireObjects(platform, inDays(61));
  expect(await storedBelow('')).toEqual([]);
  expect(await refusal(await api.request(`/api/uploads/${fileId}`))).toBe('404 UPLOAD_NOT_FOUND');
});

test('an object whose record is younger stays with it', async () => {
  const { platform } = api;
  const fileId = await api.byHand.upload();
  const stored = await platform.uploads.getOwned(fileId, 'anonymous');
  await platform.uploads.create({ ...stored, ttl: Math.floor(inDays(90) / 1000) });
  await expireObjects(platform, inDays(61));
  expect(await storedBelow('uploads/')).toEqual([stored.location.key]);
  await expireObjects(platform, inDays(91));
  expect(await storedBelow('uploads/')).toEqual([]);
});
