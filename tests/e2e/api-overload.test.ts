/** A queue that is too long: who comes now is sent away before anything is read, and told when to come back. */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { healthSchema } from '@wavefleet/contracts/http.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cutOffWav } from '../bring-up/not-audio.ts';
import { Stand } from '../bring-up/stand.ts';
import { refusal } from './refusal.ts';
import { FORM_TYPE } from './stubborn-upload.ts';

const LIMIT = 2;

let api: Stand;
beforeAll(async () => {
  api = await Stand.start({ env: { MAX_WAITING_JOBS: String(LIMIT) } });
});
afterAll(() => api?.stop());

test('above the limit no upload and no job is taken, what is there stays in reach, and it ends by itself', async () => {
  const fileId = await api.byHand.upload();
  const order = { fileId, format: 'mp3' };
  const first = await api.postJson('/api/jobs', order, { 'idempotency-key': 'first' });
  expect(first.status).toBe(202);
  const failed = await api.byHand.job(fileId);
  await api.byHand.fail(await api.byHand.claim(failed));
  const refused = await until('the queue to be too long', async () => {
    const answer = await api.postJson('/api/jobs', order);
    return answer.status === 503 && answer;
  });
  expect(refused.headers.get('retry-after')).toBe('30');
  expect(await refused.json()).toMatchObject({
    error: { code: 'OVERLOADED', detail: { reasons: ['queue'] } },
  });
  for (const answer of [
    await api.request('/api/upload-audio', { method: 'POST', body: cutOffWav }),
    await api.postJson('/api/uploads', { fileName: 'a.wav', sizeBytes: 1_000 }),
    await api.postJson(`/api/jobs/${failed}/retry`, {}),
  ]) {
    expect(await refusal(answer)).toBe('503 OVERLOADED');
  }

  // Of a file not a byte has to be sent.
  for (const type of ['audio/wav', FORM_TYPE]) {
    const headers = { 'content-type': type, 'content-length': 50 * 1024 ** 2 };
    const sent = request({ port: api.port, path: '/api/upload-audio', method: 'POST', headers });
    sent.flushHeaders();
    const [early] = (await once(sent, 'response')) as [IncomingMessage];
    expect([early.statusCode, early.headers['retry-after']]).toEqual([503, '30']);
    sent.destroy();
  }

  // A repeat of what was taken in asks for nothing new.
  const again = await api.postJson('/api/jobs', order, { 'idempotency-key': 'first' });
  expect([again.status, await again.json()]).toEqual([202, await first.json()]);
  expect((await api.request(`/api/jobs/${failed}`)).status).toBe(200);
  const health = await until('the health to say so', async () => {
    const answer = await api.request('/api/health');
    const { status, system } = healthSchema.parse(await answer.json());
    return (
      system !== undefined &&
      system.refusing.length > 0 && { code: answer.status, status, refusing: system.refusing }
    );
  });
  expect(health).toEqual({ code: 200, status: 'degraded', refusing: ['queue'] });

  const { aws, config } = api.platform;
  await aws.sqs.send(new PurgeQueueCommand({ QueueUrl: config.JOBS_QUEUE_URL }));
  await until('jobs to be taken again', async () => (await api.postJson('/api/jobs', order)).status === 202);
});

test('a queue that cannot be asked keeps nobody out', async () => {
  await api.restartApi({ JOBS_QUEUE_URL: `${api.services.url}/000000000000/not-there` });
  const fileId = await api.byHand.upload();
  expect((await api.postJson('/api/jobs', { fileId, format: 'mp3' })).status).toBe(202);
});
