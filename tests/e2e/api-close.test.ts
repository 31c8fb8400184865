/** A deployment of the API: the real process, a real SIGTERM, and clients that have not heard of it. */
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { healthSchema, uploadedSchema } from '@wavefleet/contracts/http.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Fleet } from '../bring-up/fleet.ts';
import { cutOffWav } from '../bring-up/not-audio.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await Fleet.start({ workers: 0, env: { API_CLOSE_DELAY_MS: '3000' } });
});
afterAll(() => fleet?.stop());

const ask = (path: string, init: RequestInit = {}) => fetch(`${fleet.apiUrl}${path}`, init);

/** On a connection of its own that it would like to keep. */
async function connectionHeader(): Promise<string | undefined> {
  const agent = new Agent({ keepAlive: true });
  const asked = request(`${fleet.apiUrl}/api/health/live`, { agent }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  answer.resume();
  agent.destroy();
  return answer.headers.connection;
}

test('SIGTERM: requests are taken until the delay is over, an upload under way is finished, the exit code is 0', async () => {
  const upload = request(`${fleet.apiUrl}/api/upload-audio`, {
    method: 'POST',
    headers: { 'content-type': 'audio/wav', 'content-length': cutOffWav.length + 1 },
  });
  const answered = once(upload, 'response') as Promise<[IncomingMessage]>;
  upload.write(cutOffWav);
  expect(await connectionHeader()).toBe('keep-alive');

  fleet.api.process.kill('SIGTERM');
  await until('it is known to leave', async () => (await ask('/api/health')).status === 503);
  expect(healthSchema.parse(await (await ask('/api/health')).json())).toMatchObject({
    status: 'ok',
    closing: true,
  });
  expect((await ask('/api/health/live')).status).toBe(200);
  expect(await connectionHeader()).toBe('close');
  const late = await ask('/api/upload-audio', { method: 'POST', body: cutOffWav });
  const { fileId } = uploadedSchema.parse(await late.json());
  const job = await ask('/api/jobs', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ fileId, format: 'mp3' }),
  });
  expect(job.status).toBe(202);

  await until('it takes no more', () =>
    ask('/api/health/live').then(
      () => false,
      () => true,
    ),
  );
  upload.end('.');
  const [answer] = await answered;
  expect(answer.statusCode).toBe(201);
  uploadedSchema.parse(JSON.parse(await text(answer)));
  expect(await fleet.api.ended).toBe(0);
});
