/** What is answered when a service is away. */

import { DeleteQueueCommand } from '@aws-sdk/client-sqs';
import { healthSchema, submittedSchema } from '@wavefleet/contracts/http.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cutOffWav } from '../bring-up/not-audio.ts';
import { Stand } from '../bring-up/stand.ts';
import { tokenOf } from '../bring-up/token-of.ts';
import { refusal, UNKNOWN_ID } from './refusal.ts';
import { FORM_TYPE, stubbornUpload } from './stubborn-upload.ts';

let api: Stand;
beforeAll(async () => {
  api = await Stand.start();
});
afterAll(() => api.stop());

test('without its queue a job is accepted all the same, and health says degraded', async () => {
  const fileId = await api.byHand.upload();
  await api.platform.aws.sqs.send(new DeleteQueueCommand({ QueueUrl: api.platform.config.JOBS_QUEUE_URL }));
  const response = await api.postJson('/api/jobs', { fileId, format: 'mp3' });
  expect(response.status).toBe(202);
  const { jobId } = submittedSchema.parse(await response.json());
  await until('the next sweep sends it', async () => {
    const { unsent, createdAt, dueAt = Infinity } = (await api.platform.jobs.get(jobId)) ?? expect.fail();
    // Not only once a message that was sent should have been received.
    const isHurried = dueAt < Date.parse(createdAt) + api.platform.config.VISIBILITY_TIMEOUT_MS;
    return unsent === true && isHurried;
  });
  const health = await api.request('/api/health');
  expect(health.status).toBe(200);
  expect(healthSchema.parse(await health.json())).toMatchObject({
    status: 'degraded',
    dependencies: { sqs: { status: 'down' }, s3: { status: 'ok' } },
  });
});

test('without DynamoDB and S3 nothing is accepted, and every answer says when to come back', async () => {
  const token = await tokenOf(api.platform, 'ann');
  await api.services.goAway();
  const authorization = `Bearer ${token}`;
  for (const ask of [
    () => api.postJson('/api/jobs', { fileId: UNKNOWN_ID, format: 'mp3' }),
    () => api.request(`/api/jobs/${UNKNOWN_ID}`),
    () => api.postJson('/api/convert-audio', { fileId: UNKNOWN_ID, format: 'mp3' }),
    () => api.request('/api/upload-audio', { method: 'POST', body: cutOffWav }),
    () => api.postJson('/api/uploads', { fileName: 'a.wav', sizeBytes: 5 }),
    () => api.postJson('/api/presets', { name: 'mine', format: 'mp3' }),
    () => api.postJson('/api/webhooks', { url: 'https://example.org/hook' }),
    // Nobody knows whether it is one: that it is none, nobody says.
    () => api.request('/api/me', { headers: { authorization } }),
    () => api.request('/api/jobs', { headers: { authorization } }),
  ]) {
    const response = await ask();
    expect(response.headers.get('retry-after')).toBe('5');
    expect(await refusal(response)).toBe('503 SERVICE_UNAVAILABLE');
  }
  for (const type of ['audio/wav', FORM_TYPE]) {
    expect(await stubbornUpload(api.port, type, 16 * 1024 ** 2)).toMatch(/^HTTP\/1\.1 503 /);
  }
  const sized = await api.request('/api/upload-audio', {
    method: 'POST',
    body: new Uint8Array(16 * 1024 ** 2),
  });
  expect(await refusal(sized)).toBe('503 SERVICE_UNAVAILABLE');
  // Health keeps an answer for two seconds.
  const health = await until('health says down', async () => {
    const answer = await api.request('/api/health');
    return answer.status === 503 && healthSchema.parse(await answer.json());
  });
  expect(health).toMatchObject({ status: 'down', dependencies: { redis: { status: 'down' } } });
  expect((await api.request('/api/health/live')).status).toBe(200);
});
