/** The debug routes: for operators everything but secrets, for everybody else an address that is not there. */
import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { submittedSchema } from '@wavefleet/contracts/http.ts';
import { processSampleSchema } from '@wavefleet/contracts/system.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { makeLog } from '@wavefleet/platform/log/log.ts';
import { makePlatform } from '@wavefleet/platform/platform.ts';
import { gaugeOf } from '@wavefleet/platform/resources/meter.ts';
import { ResourceMonitor } from '@wavefleet/platform/resources/monitor.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { browserHeaders } from '../bring-up/caller.ts';
import { cutOffWav } from '../bring-up/not-audio.ts';
import { Stand } from '../bring-up/stand.ts';
import { refusal, UNKNOWN_ID } from './refusal.ts';

const TOKEN = 'a-token-of-the-operators';

let api: Stand;
beforeAll(async () => {
  api = await Stand.start({
    env: {
      ALLOWED_HOSTS: '*.example',
      DEBUG_TOKEN: TOKEN,
      AWS_SESSION_TOKEN: 'session-secret',
      REDISPATCH_AFTER_MS: '300000',
    },
  });
});
afterAll(() => api?.stop());

interface Answer {
  readonly status: number | undefined;
  readonly headers: string[];
  readonly body: string;
}

/** An answer to the byte, without what differs between any two: time and request id. `fetch` could not send a Host. */
async function ask(method: string, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: api.port, method, path, headers }, (response) => {
      const id = String(response.headers['x-request-id']);
      const { rawHeaders: raw } = response;
      const pairs = raw.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${raw[index + 1]}`] : []));
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () =>
        resolve({
          status: response.statusCode,
          headers: pairs
            .filter((pair) => !/^(date|ratelimit):/i.test(pair))
            .map((pair) => pair.replace(id, '{id}')),
          body: body.replace(id, '{id}'),
        }),
      );
    });
    asked.on('error', reject);
    asked.end();
  });
}

const strangers: [string, Record<string, string>][] = [
  ['behind a proxy', { 'x-forwarded-for': '198.51.100.7' }],
  ['behind a proxy of the newer kind', { forwarded: 'for=198.51.100.7' }],
  ['behind a proxy that only says so', { via: '1.1 proxy' }],
  ['a page under a name of its own', { host: 'rebound.example' }],
  ['with a wrong token', { via: '1.1 proxy', authorization: `Bearer ${TOKEN}x` }],
  ['with an empty token', { via: '1.1 proxy', authorization: 'Bearer ' }],
  ['with the token in another scheme', { via: '1.1 proxy', authorization: `Basic ${TOKEN}` }],
];

describe.each(strangers)('a stranger %s', (_, headers) => {
  test.each(['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS'])(
    '%s is answered as at any unknown address',
    async (method) => {
      const unknown = await ask(method, '/api/nothing/here', headers);
      expect(unknown.status).toBe(404);
      for (const path of [
        '/api/debug/system',
        `/api/debug/jobs/${UNKNOWN_ID}`,
        '/api/debug/jobs/1',
        '/api/debug',
      ])
        expect(await ask(method, path, headers)).toEqual(unknown);
    },
  );
});

test('a proxy on this machine that names nobody is known by its HTTP/1.0', async () => {
  const asked = async (version: string) => {
    const socket = connect(api.port, '127.0.0.1');
    socket.write(
      `GET /api/debug/system HTTP/${version}\r\nHost: 127.0.0.1:${api.port}\r\nConnection: close\r\n\r\n`,
    );
    return (await text(socket)).split('\r\n')[0];
  };
  expect(await asked('1.0')).toContain('404');
  expect(await asked('1.1')).toContain('200');
});

test('a stranger learns from the health what is up, and no name', async () => {
  const { status, body } = await ask('GET', '/api/health', { via: '1.1 proxy' });
  expect(status).toBe(200);
  const up = { status: 'ok', breaker: 'none', latencyMs: null, resource: 'shown to operators' };
  expect(JSON.parse(body)).toEqual({
    ...{ status: 'ok', environment: 'embedded', version: '0.0.0-test', uptimeSeconds: expect.any(Number) },
    dependencies: { s3: up, sqs: up, dynamodb: up, eventbridge: up, redis: up },
  });
  const own = await ask('GET', '/api/health', { via: '1.1 proxy', authorization: `Bearer ${TOKEN}` });
  expect(own.body).toContain(api.platform.config.S3_BUCKET);
});

test('without a token set, none opens the door', async () => {
  await api.restartApi({ DEBUG_TOKEN: '' });
  const headers = { via: '1.1 proxy', authorization: 'Bearer undefined' };
  expect((await ask('GET', '/api/debug/system', headers)).status).toBe(404);
  expect((await ask('GET', '/api/debug/system')).status).toBe(200);
  await api.restartApi({ DEBUG_TOKEN: TOKEN });
});

test('the token opens from everywhere, this machine needs none', async () => {
  const headers = {
    'x-forwarded-for': '198.51.100.7',
    host: 'fleet.example',
    authorization: `Bearer ${TOKEN}`,
  };
  expect((await ask('GET', '/api/debug/system', headers)).status).toBe(200);
  expect((await ask('GET', '/api/debug/system')).status).toBe(200);
  expect((await ask('GET', '/api/debug/system', { host: `localhost:${api.port}` })).status).toBe(200);
  expect(await refusal(await api.request(`/api/debug/jobs/${UNKNOWN_ID}`))).toBe('404 JOB_NOT_FOUND');
  expect(await refusal(await api.request('/api/debug/jobs/1'))).toBe('404 JOB_NOT_FOUND');
  expect(await refusal(await api.request('/api/debug/jobs/a.b'))).toBe('400 INVALID_ID');
});

const debugJob = async (jobId: string) => (await api.request(`/api/debug/jobs/${jobId}`)).json();

test('a job is shown with its record, lease, attempts, progress and the place of its message', async () => {
  const secret = 'c2VjcmV0LW9mLWEtYnJvd3Nlci10aGF0LW5vYm9keS1zZWU';
  const headers = browserHeaders(`wavefleet=${secret.slice(0, 43)}`);
  const uploaded = await api.request('/api/upload-audio', {
    method: 'POST',
    headers,
    body: cutOffWav,
  });
  const { fileId } = z.object({ fileId: z.string() }).parse(await uploaded.json());
  const submitted = await api.postJson('/api/jobs', { fileId, format: 'mp3' }, headers);
  const { jobId } = submittedSchema.parse(await submitted.json());
  // That its message was sent is noted a moment later, in case a worker takes it first.
  const placeSchema = z.object({ message: z.object({ place: z.string() }) });
  await until(
    'its message is known to be on the queue',
    async () => placeSchema.parse(await debugJob(jobId)).message.place !== 'unsent',
  );
  expect(await debugJob(jobId)).toMatchObject({
    record: { jobId, status: 'created', ownerId: expect.stringMatching(/^browser:/) },
    lease: null,
    attempts: { attempt: 0, crashes: 0, retries: 0, redispatches: 0 },
    workers: [],
    progress: { redis: null, table: null },
    queue: { waiting: expect.any(Number), inFlight: expect.any(Number), deadLetters: 0 },
    message: { place: 'queue' },
  });

  const claim = await api.byHand.claim(jobId);
  const report = {
    jobId,
    attempt: 1,
    percent: 40,
    stage: 'convert',
    estimatedTimeRemaining: 3,
    currentTime: 1,
    totalDuration: 2,
    uploadedSize: null,
    totalSize: null,
    speed: null,
    updatedAt: new Date().toISOString(),
  } as const;
  await api.platform.progress.write(report);
  await api.platform.progress.persist({ ...report, percent: 20 });
  const shown = await debugJob(jobId);
  expect(shown).toMatchObject({
    record: { status: 'processing', pendingEvents: [{ kind: 'started' }] },
    lease: { owner: claim.owner, isLive: true },
    attempts: { attempt: 1, crashes: 1 },
    progress: { redis: { percent: 40 }, table: { percent: 20 } },
    message: { place: 'worker' },
  });
  expect(JSON.stringify(shown)).not.toContain(secret.slice(0, 43));

  await api.byHand.complete(claim, Buffer.from('result'));
  const over = await api.request(`/api/debug/jobs/${jobId}`);
  const body = await over.text();
  expect(JSON.parse(body)).toMatchObject({
    record: { status: 'completed' },
    lease: null,
    message: { place: 'none' },
  });
  expect(body).not.toMatch(/X-Amz-|Signature/i);
});

test('the system is shown with every process, its breakers and jobs, and the settings without secrets', async () => {
  const jobId = randomUUID();
  const platform = makePlatform(
    { ...api.platform.config, RESOURCE_SAMPLE_MS: 100 },
    makeLog('worker', 'silent'),
  );
  await until('redis is connected', () => platform.redis?.isUp() === true);
  const worker = new ResourceMonitor(platform, {
    service: 'worker',
    gauge: gaugeOf(process),
    work: () => ({ jobIds: [jobId], slots: 3 }),
  });
  await worker.start();
  const answer = await api.request('/api/debug/system');
  const body = await answer.text();
  const shown = z
    .object({
      environment: z.string(),
      answeredBy: z.string(),
      refusing: z.array(z.string()),
      processes: z.array(processSampleSchema),
      settings: z.record(z.string(), z.unknown()),
    })
    .parse(JSON.parse(body));
  expect(shown).toMatchObject({
    refusing: [],
    settings: {
      DEBUG_TOKEN: '(set)',
      REDIS_URL: '(set)',
      AWS_SESSION_TOKEN: '(set)',
      S3_BUCKET: api.platform.config.S3_BUCKET,
    },
  });
  expect(shown.processes.map(({ service, jobIds, slots }) => ({ service, jobIds, slots }))).toEqual([
    { service: 'api', jobIds: [], slots: 0 },
    { service: 'worker', jobIds: [jobId], slots: 3 },
  ]);
  expect(shown.processes[0]).toMatchObject({ processId: shown.answeredBy, breakers: { s3: 'closed' } });
  for (const secret of [TOKEN, 'session-secret']) expect(body).not.toContain(secret);

  // The public health counts the same jobs, and names none.
  const health = await until('the health', async () => {
    const body = await (await api.request('/api/health')).text();
    return body.includes('"alive":1') && body;
  });
  expect(health).toContain('"activeJobs":1');
  expect(health).not.toContain(jobId);
  expect(health).not.toContain(worker.processId);

  // Who ends in order is gone at once, who is killed when its sample has not come three times.
  await worker.stop();
  expect(await api.platform.processes.read()).toHaveLength(1);
  await platform.processes.publish(worker.latest, 300);
  expect(await api.platform.processes.read()).toHaveLength(2);
  await until('the sample is forgotten', async () => (await api.platform.processes.read())?.length === 1);
  platform.close();
});
