/** Who asks how far a running job is needs no DynamoDB for it, and learns nothing of other people's jobs by that. */
import { ANONYMOUS_OWNER } from '@wavefleet/contracts/job.ts';
import type { ProgressReport } from '@wavefleet/contracts/progress.ts';
import { progressViewSchema } from '@wavefleet/contracts/progress.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Door, openDoor } from '../bring-up/door.ts';
import { Stand } from '../bring-up/stand.ts';
import { refusal, UNKNOWN_ID } from './refusal.ts';

let api: Stand;
/** What the API reaches AWS through. */
let door: Door;
beforeEach(async () => {
  api = await Stand.start();
  door = await openDoor(api.services.url);
  await api.restartApi({ AWS_ENDPOINT_URL: door.url });
});
afterEach(async () => {
  await api.stop();
  await door.shut();
});

/** Far less than the SDK's own patience with a DynamoDB that hangs: three times five seconds. */
const SOON_MS = 3_000;

const report = (jobId: string, percent: number, more: Partial<ProgressReport> = {}): ProgressReport => ({
  jobId,
  ownerId: ANONYMOUS_OWNER,
  attempt: 1,
  percent,
  stage: 'convert',
  startTime: Date.now(),
  currentTime: 1,
  totalDuration: 2,
  uploadedSize: null,
  totalSize: null,
  speed: 10,
  estimatedTimeRemaining: 5,
  updatedAt: new Date().toISOString(),
  ...more,
});

async function poll(jobId: string) {
  const response = await api.request(`/api/progress?jobId=${jobId}`, {
    signal: AbortSignal.timeout(SOON_MS),
  });
  expect(response.status).toBe(200);
  return progressViewSchema.parse(await response.json());
}

const before = (ms: number) => new Date(Date.now() - ms).toISOString();

test.each(['hangs', 'is gone'] as const)('DynamoDB %s: a running job is still polled', async (trouble) => {
  const [jobId, silent] = [await api.byHand.job(), await api.byHand.job()];
  const { progress } = api.platform;
  await api.byHand.claim(jobId);
  await api.byHand.claim(silent);
  await progress.write(report(jobId, 40));
  // Its worker has said nothing for a while: the record is asked first, but not for long.
  await progress.write(report(silent, 30, { updatedAt: before(60_000) }));
  if (trouble === 'hangs') door.freeze();
  else await door.shut();

  expect(await poll(jobId)).toMatchObject({ status: 'processing', progress: 40, stage: 'converting' });
  expect(await poll(silent)).toMatchObject({ status: 'processing', progress: 30 });
  await progress.write(report(jobId, 41));
  expect(await poll(jobId)).toMatchObject({ progress: 41, currentTime: '00:00:01.00', errorCode: null });
  expect(JSON.stringify(await poll(jobId))).not.toContain(ANONYMOUS_OWNER);
});

test.each(['hangs', 'is gone'] as const)('DynamoDB %s: a running job is still followed', async (trouble) => {
  const jobId = await api.byHand.job();
  await api.byHand.claim(jobId);
  await api.platform.progress.write(report(jobId, 40));
  if (trouble === 'hangs') door.freeze();
  else await door.shut();
  const response = await api.request(`/api/jobs/${jobId}/events`);
  const percents: number[] = [];
  const reading = (async () => {
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? [])
      for (const [, percent] of chunk.matchAll(/"progress":([\d.]+)/g)) percents.push(Number(percent));
  })().catch(() => undefined);
  await until('the snapshot', () => percents.includes(40), SOON_MS);
  await api.platform.progress.write(report(jobId, 50));
  await until('what came later', () => percents.includes(50), SOON_MS);
  await api.closeServer();
  await reading;
});

test('a foreign job that Redis knows is as unknown as one that does not exist, with DynamoDB and without', async () => {
  const jobId = await api.byHand.job();
  await api.byHand.claim(jobId);
  await api.platform.progress.write(report(jobId, 40, { ownerId: 'browser:somebody-else' }));
  const ask = async (id: string) => {
    const response = await api.request(`/api/progress?jobId=${id}`);
    return await refusal(response);
  };
  await door.shut();
  expect(await ask(jobId)).toBe('503 SERVICE_UNAVAILABLE');
  expect(await ask(UNKNOWN_ID)).toBe('503 SERVICE_UNAVAILABLE');
});

test('the end is the record’s word: Redis alone neither ends a job nor keeps an ended one alive', async () => {
  const [running, done] = [await api.byHand.job(), await api.byHand.job()];
  const { progress } = api.platform;
  await api.byHand.claim(running);
  await progress.write(report(running, 40));
  await progress.ended({ jobId: running, attempt: 1, status: 'completed' });
  expect(await poll(running)).toMatchObject({ status: 'processing', stage: 'downloading' });

  await api.byHand.complete(await api.byHand.claim(done), Buffer.from('result'));
  // Nobody told Redis, and the worker's last words are too old to go by.
  await progress.write(report(done, 98, { updatedAt: before(5_000) }));
  expect(await poll(done)).toMatchObject({ status: 'completed', progress: 100, stage: 'completed' });
});

test('a cancelled job is cancelled for who asks next, although its worker goes on reporting', async () => {
  const jobId = await api.byHand.job();
  await api.byHand.claim(jobId);
  const startTime = Date.now();
  await api.platform.progress.write(report(jobId, 40, { startTime }));
  expect(await poll(jobId)).toMatchObject({ progress: 40 });
  await api.request(`/api/jobs/${jobId}`, { method: 'DELETE' });
  await api.platform.progress.write(report(jobId, 41, { startTime }));
  expect(await poll(jobId)).toMatchObject({ status: 'cancelled', progress: -1 });
  await api.request(`/api/jobs/${jobId}`, { method: 'DELETE' });
  await api.platform.progress.write(report(jobId, 42, { startTime }));
  expect(await refusal(await api.request(`/api/progress?jobId=${jobId}`))).toBe('404 JOB_NOT_FOUND');
});
