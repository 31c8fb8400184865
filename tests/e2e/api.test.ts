/** Submitting, listing, cancelling, retrying and cleaning up, with the exact answers. */
import { formatNames } from '@wavefleet/contracts/formats.ts';
import {
  cleanupAnswerSchema,
  errorBodySchema,
  healthSchema,
  jobListSchema,
  jobViewSchema,
  submittedSchema,
} from '@wavefleet/contracts/http.ts';
import { outputPrefix, uploadKey } from '@wavefleet/contracts/keys.ts';
import { progressViewSchema } from '@wavefleet/contracts/progress.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Stand } from '../bring-up/stand.ts';
import { refusal, UNKNOWN_ID } from './refusal.ts';

let api: Stand;
beforeAll(async () => {
  api = await Stand.start();
});
afterAll(() => api.stop());

describe('submitting', () => {
  test('a job is accepted, and both addresses are the same', async () => {
    const fileId = await api.byHand.upload();
    for (const path of ['/api/jobs', '/api/convert-audio']) {
      const response = await api.postJson(path, {
        fileId,
        format: 'opus',
        quality: '96k',
        options: { channels: 1 },
      });
      expect(response.status).toBe(202);
      const { jobId, links } = submittedSchema.parse(await response.json());
      const view = jobViewSchema.parse(await (await api.request(links.self)).json());
      expect(view).toMatchObject({ jobId, status: 'created', format: 'opus', fileName: 'song.wav', links });
    }
  });

  test('a number that DynamoDB could not hold is no failure of ours', async () => {
    const body = { fileId: await api.byHand.upload(), format: 'mp3', options: { trimStart: 1e-200 } };
    const { jobId } = submittedSchema.parse(await (await api.postJson('/api/jobs', body)).json());
    expect((await api.platform.jobs.get(jobId))?.options).toEqual({ trimStart: 0 });
  });

  test('the trace of the request goes into the record', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const body = { fileId: await api.byHand.upload(), format: 'mp3' };
    const answer = await api.postJson('/api/jobs', body, { traceparent });
    const { jobId } = submittedSchema.parse(await answer.json());
    expect((await api.platform.jobs.get(jobId))?.traceparent).toBe(traceparent);
  });

  test('50 parallel requests with one key make one job and get 50 equal answers', async () => {
    const before = await api.platform.history.list('anonymous', { limit: 100 });
    const body = { fileId: await api.byHand.upload(), format: 'flac' };
    const answers = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const response = await api.postJson('/api/jobs', body, { 'idempotency-key': 'fifty' });
        return `${response.status} ${await response.text()}`;
      }),
    );
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toMatch(/^202 /);
    const after = await api.platform.history.list('anonymous', { limit: 100 });
    expect(after.jobs.length).toBe(before.jobs.length + 1);
  });

  test('a replay is answered alike when the job has moved on and the upload is gone', async () => {
    const fileId = await api.byHand.upload();
    const submit = () =>
      api.postJson('/api/jobs', { fileId, format: 'mp3' }, { 'idempotency-key': 'replay' });
    const first = await (await submit()).text();
    const { jobId } = submittedSchema.parse(JSON.parse(first));
    await api.byHand.complete(await api.byHand.claim(jobId), Buffer.from('result'));
    await api.postJson('/api/cleanup', { jobId });
    const again = await submit();
    expect(again.status).toBe(202);
    expect(await again.text()).toBe(first);
  });

  test('a key that was used for another request is refused, and harms neither upload', async () => {
    const [first, second] = [await api.byHand.upload(), await api.byHand.upload()];
    const key = { 'idempotency-key': 'reused' };
    const { jobId } = submittedSchema.parse(
      await (await api.postJson('/api/jobs', { fileId: first, format: 'mp3' }, key)).json(),
    );
    for (const body of [
      { fileId: first, format: 'wav' },
      { fileId: second, format: 'mp3' },
    ]) {
      expect(await refusal(await api.postJson('/api/jobs', body, key))).toBe('422 IDEMPOTENCY_KEY_REUSED');
    }
    expect((await api.platform.uploads.getOwned(first, 'anonymous')).jobs).toEqual(new Set([jobId]));
    expect((await api.platform.uploads.getOwned(second, 'anonymous')).jobs ?? new Set()).toEqual(new Set());
  });

  test('of parallel requests with one key and two bodies one body wins, and the other upload stays free', async () => {
    const uploads = [await api.byHand.upload(), await api.byHand.upload()];
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const fileId = uploads[i % 2];
        const answer = await api.postJson(
          '/api/jobs',
          { fileId, format: 'mp3' },
          { 'idempotency-key': 'race' },
        );
        return { status: answer.status, fileId };
      }),
    );
    const winners = new Set(answers.filter(({ status }) => status === 202).map(({ fileId }) => fileId));
    expect(winners.size).toBe(1);
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(10);
    const [loser = ''] = uploads.filter((fileId) => !winners.has(fileId));
    expect((await api.postJson('/api/cleanup', { fileId: loser })).status).toBe(200);
  });

  test.each(['x'.repeat(300), 'café', ''])('the key %j is not valid', async (key) => {
    const body = { fileId: UNKNOWN_ID, format: 'mp3' };
    // fetch would refuse to send it: header bytes beyond ASCII go out as latin1.
    const answer = await api.postJson('/api/jobs', body, { 'idempotency-key': key });
    expect(await refusal(answer)).toBe('400 INVALID_IDEMPOTENCY_KEY');
  });

  test.each([
    [{ format: 'tee' }, '422 UNSUPPORTED_OUTPUT_FORMAT'],
    [{ format: 'MP3\n' }, '422 UNSUPPORTED_OUTPUT_FORMAT'],
    [{ format: ['mp3'] }, '400 VALIDATION_ERROR'],
    [{ quality: '-1' }, '422 INVALID_OPTION'],
    [{ quality: '999k' }, '422 INVALID_OPTION'],
    [{ quality: 'q5' }, '422 INVALID_OPTION'],
    [{ options: { sampleRate: 2 ** 31 } }, '422 INVALID_OPTION'],
    [{ options: { sampleRate: 96_000 } }, '422 INVALID_OPTION'],
    [{ options: { channels: 1e5 } }, '422 INVALID_OPTION'],
    [{ options: { loudness: {} } }, '422 INVALID_OPTION'],
    [{ options: { filter: 'volume=2' } }, '400 VALIDATION_ERROR'],
    [{ bucket: 'b', key: 'k' }, '400 VALIDATION_ERROR'],
    [{ fileId: '../..' }, '400 INVALID_ID'],
    [{ fileId: '\u0000' }, '400 INVALID_ID'],
    [{ fileId: UNKNOWN_ID }, '404 UPLOAD_NOT_FOUND'],
    [{ fileId: 'no-such-file' }, '404 UPLOAD_NOT_FOUND'],
  ])('%j is answered %s', async (part, answer) => {
    const body = { fileId: await api.byHand.upload(), format: 'mp3', ...part };
    expect(await refusal(await api.postJson('/api/jobs', body))).toBe(answer);
  });

  test('what is wrong is named', async () => {
    const answer = await api.postJson('/api/jobs', { format: 'tee', a: 1 });
    const { detail } = errorBodySchema.parse(await answer.json()).error;
    const { fields } = z.object({ fields: z.array(z.object({ field: z.string() })) }).parse(detail);
    expect(fields.map(({ field }) => field).sort()).toEqual(['a', 'fileId', 'format']);
  });
});

describe('bodies', () => {
  const json = { 'content-type': 'application/json' };
  const post = (body: NonNullable<RequestInit['body']>, headers: Record<string, string> = json) =>
    api.request('/api/jobs', { method: 'POST', headers, body, duplex: 'half' });

  test.each([
    ['{"fileId":', '400 INVALID_JSON'],
    ['', '400 INVALID_JSON'],
    ['['.repeat(60_000), '400 INVALID_JSON'],
    ['['.repeat(30_000) + ']'.repeat(30_000), '400 VALIDATION_ERROR'],
    ['"text"', '400 VALIDATION_ERROR'],
    ['null', '400 VALIDATION_ERROR'],
    [`{"fileId":"${UNKNOWN_ID}","format":"mp3","__proto__":{}}`, '400 VALIDATION_ERROR'],
    [`{"format":"tee","fileId":"${UNKNOWN_ID}","format":"mp3"}`, '404 UPLOAD_NOT_FOUND'],
    ['x'.repeat(70_000), '413 PAYLOAD_TOO_LARGE'],
    [' '.repeat(30 * 1024 ** 2), '413 PAYLOAD_TOO_LARGE'],
  ])('body %$ is answered', async (body, answer) => {
    expect(await refusal(await post(body))).toBe(answer);
  });

  test('UTF-8 that is not is not JSON', async () => {
    expect(await refusal(await post(Buffer.from([0x22, 0xc3, 0x28, 0x22])))).toBe('400 INVALID_JSON');
  });

  test('a body without a length is read as well, however small its pieces', async () => {
    const letters = [...JSON.stringify({ fileId: UNKNOWN_ID, format: 'mp3' })];
    const dripping = new ReadableStream<Uint8Array>({
      pull(controller) {
        const letter = letters.shift();
        if (letter === undefined) controller.close();
        else controller.enqueue(Buffer.from(letter));
      },
    });
    expect(await refusal(await post(dripping))).toBe('404 UPLOAD_NOT_FOUND');
  });

  test('a body without a length is not read beyond the limit either', async () => {
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(16_384).fill(32)),
    });
    const answer = await post(endless);
    expect(await refusal(answer)).toBe('413 PAYLOAD_TOO_LARGE');
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonx',
  ])('%s is not taken', async (type) => {
    expect(await refusal(await post('{}', { 'content-type': type }))).toBe('415 UNSUPPORTED_MEDIA_TYPE');
  });
});

describe('addresses', () => {
  test.each([
    ['GET', '/api/nothing', '404 NOT_FOUND'],
    ['GET', `/api/jobs/${UNKNOWN_ID}`, '404 JOB_NOT_FOUND'],
    ['GET', `/api/jobs/${UNKNOWN_ID}/events`, '404 JOB_NOT_FOUND'],
    ['DELETE', `/api/jobs/${UNKNOWN_ID}`, '404 JOB_NOT_FOUND'],
    ['POST', `/api/jobs/${UNKNOWN_ID}/retry`, '404 JOB_NOT_FOUND'],
    ['GET', `/api/progress?jobId=${UNKNOWN_ID}`, '404 JOB_NOT_FOUND'],
    ['GET', `/api/download?jobId=${UNKNOWN_ID}`, '404 JOB_NOT_FOUND'],
    ['GET', '/api/jobs/%2e%2e%2f', '400 INVALID_ID'],
    ['GET', '/api/jobs/%00', '400 INVALID_ID'],
    ['GET', '/api/jobs/__proto__', '400 INVALID_ID'],
    ['GET', '/api/jobs/%ff', '400 INVALID_ID'],
    ['GET', `/api/jobs/${'a'.repeat(10_000)}`, '400 INVALID_ID'],
    ['GET', '/api/jobs/%E2%98%83/events', '400 INVALID_ID'],
    ['GET', '/api/progress?jobId=x', '404 JOB_NOT_FOUND'],
    ['GET', '/api/jobs/no-such-job', '404 JOB_NOT_FOUND'],
    ['GET', `/api/jobs/${UNKNOWN_ID.toUpperCase()}/events`, '404 JOB_NOT_FOUND'],
    ['GET', '/api/download?jobId=1754408209622', '404 JOB_NOT_FOUND'],
    ['DELETE', `/api/jobs/${'a'.repeat(128)}`, '404 JOB_NOT_FOUND'],
    ['DELETE', `/api/jobs/${'a'.repeat(129)}`, '400 INVALID_ID'],
    ['GET', '/api/progress', '400 VALIDATION_ERROR'],
    ['GET', `/api/progress?jobId=${UNKNOWN_ID}&jobId=${UNKNOWN_ID}`, '400 VALIDATION_ERROR'],
    ['GET', '/api/jobs?limit=1e9', '400 VALIDATION_ERROR'],
    ['GET', '/api/jobs?limit=-1', '400 VALIDATION_ERROR'],
    ['GET', '/api/jobs?limit=0', '400 VALIDATION_ERROR'],
    ['GET', '/api/jobs?limit=101', '400 VALIDATION_ERROR'],
    ['GET', '/api/jobs?limit=1&limit=2', '400 VALIDATION_ERROR'],
    ['GET', '/api/jobs?status=running', '400 VALIDATION_ERROR'],
    ['GET', '/api/jobs?cursor=abc', '400 INVALID_CURSOR'],
  ])('request %$, %s, is answered', async (method, path, answer) => {
    expect(await refusal(await api.request(path, { method }))).toBe(answer);
  });

  test('an id that is none is said to be none, wherever one stands in a path', async () => {
    const { paths } = z
      .object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
      .parse(await (await api.request('/api/openapi.json')).json());
    const asked = Object.entries(paths).flatMap(([path, methods]) =>
      !path.startsWith('/api/keys') && /\{\w+(Id|Name)\}/.test(path)
        ? Object.keys(methods).map((method) => ({ method, path }))
        : [],
    );
    expect(asked.length).toBeGreaterThan(20);
    for (const { method, path } of asked) {
      const url = path.replace(/\{\w+(Id|Name)\}/g, '%00').replace('{partNumber}', '1');
      const body = { headers: { 'content-type': 'application/json' }, body: '{}' };
      const sent = ['post', 'put', 'patch'].includes(method) ? body : {};
      const answer = await api.request(url, { method: method.toUpperCase(), ...sent });
      expect([method, path, await refusal(answer)]).toEqual([method, path, '400 INVALID_ID']);
    }
  });

  test.each([
    ['PUT', '/api/jobs', ['GET', 'HEAD', 'POST']],
    ['POST', '/api/health', ['GET', 'HEAD']],
    ['PATCH', `/api/jobs/${UNKNOWN_ID}`, ['DELETE', 'GET', 'HEAD']],
    ['OPTIONS', '/api/download', ['GET', 'HEAD']],
  ])('%s %s is answered with what is allowed', async (method, path, allowed) => {
    const response = await api.request(path, { method });
    expect(response.headers.get('allow')?.split(', ').sort()).toEqual(allowed);
    const { detail } = errorBodySchema.parse(await response.clone().json()).error;
    expect(detail).toEqual({ methods: response.headers.get('allow')?.split(', ') });
    expect(await refusal(response)).toBe('405 METHOD_NOT_ALLOWED');
  });

  test('every answer has its own id and the security headers; no origin is let in', async () => {
    const headers = { 'x-request-id': 'mine' };
    const foreign = { ...headers, origin: 'https://app.example.evil' };
    const ids = new Set<string | null>();
    for (const [path, sent] of [
      ['/', headers],
      ['/api/formats', headers],
      ['/api/nothing', headers],
      ['/api/formats', foreign],
      ['/api/formats', { origin: 'null', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' }],
    ] as const) {
      const response = await api.request(path, { headers: sent });
      await response.arrayBuffer();
      ids.add(response.headers.get('x-request-id'));
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
    }
    expect(ids.size).toBe(5);
    expect(ids).not.toContain('mine');
    for (const path of ['/', '/api/jobs', '/api/health/live']) {
      expect(await refusal(await api.request(path, { headers: foreign }))).toBe('403 CSRF_REJECTED');
    }
  });

  test('the catalogue, the health and the description of the API', async () => {
    const formats = z
      .object({ outputs: z.record(z.string(), z.unknown()), limits: z.record(z.string(), z.number()) })
      .parse(await (await api.request('/api/formats')).json());
    expect(Object.keys(formats.outputs)).toEqual([...formatNames]);
    const health = await api.request('/api/health');
    expect(health.status).toBe(200);
    expect(healthSchema.parse(await health.json())).toMatchObject({ status: 'ok', environment: 'embedded' });
    const { paths } = z
      .object({
        paths: z.record(
          z.string(),
          z.record(z.string(), z.object({ responses: z.record(z.string(), z.unknown()) })),
        ),
      })
      .parse(await (await api.request('/api/openapi.json')).json());
    expect(Object.keys(paths).sort()).toEqual([
      '/api/auth/callback/{provider}',
      '/api/auth/refresh',
      '/api/auth/sign-in/{provider}',
      '/api/auth/sign-out',
      '/api/cleanup',
      '/api/convert-audio',
      '/api/debug/jobs/{jobId}',
      '/api/debug/system',
      '/api/download',
      '/api/formats',
      '/api/health',
      '/api/health/live',
      '/api/job-webhooks',
      '/api/jobs',
      '/api/jobs/export',
      '/api/jobs/totals',
      '/api/jobs/{jobId}',
      '/api/jobs/{jobId}/audio',
      '/api/jobs/{jobId}/events',
      '/api/jobs/{jobId}/retry',
      '/api/jobs/{jobId}/share',
      '/api/jobs/{jobId}/share/{shareId}',
      '/api/keys',
      '/api/keys/{keyId}',
      '/api/me',
      '/api/presets',
      '/api/presets/import',
      '/api/presets/{presetName}',
      '/api/progress',
      '/api/upload-audio',
      '/api/upload-cover',
      '/api/uploads',
      '/api/uploads/{fileId}',
      '/api/uploads/{fileId}/complete',
      '/api/uploads/{fileId}/parts',
      '/api/uploads/{fileId}/parts/{partNumber}',
      '/api/webhooks',
      '/api/webhooks/{webhookId}',
      '/api/webhooks/{webhookId}/deliveries',
      '/api/webhooks/{webhookId}/deliveries/{deliveryId}/replay',
      '/api/webhooks/{webhookId}/secret',
      '/api/webhooks/{webhookId}/test',
    ]);
    expect(Object.keys(paths['/api/jobs']?.post?.responses ?? {})).toEqual(
      expect.arrayContaining(['202', '400', '404', '413', '415', '422', '500', '503']),
    );
  });
});

describe('the life of a job', () => {
  test('history comes in pages, newest first, and by status', async () => {
    const fileId = await api.byHand.upload();
    const made: string[] = [];
    for (let i = 0; i < 5; i++) made.unshift(await api.byHand.job(fileId));
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null && seen.length < 5) {
      const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page: z.infer<typeof jobListSchema> = jobListSchema.parse(
        await (await api.request(`/api/jobs?limit=2${query}`)).json(),
      );
      seen.push(...page.jobs.map(({ jobId }) => jobId));
      cursor = page.nextCursor;
    }
    expect(seen.slice(0, 5)).toEqual(made);
    const [first = ''] = made;
    await api.request(`/api/jobs/${first}`, { method: 'DELETE' });
    const list = await (await api.request('/api/jobs?status=cancelled&limit=100')).json();
    const cancelled = jobListSchema.parse(list).jobs;
    expect(cancelled.map(({ jobId }) => jobId)).toContain(first);
    expect(new Set(cancelled.map(({ status }) => status))).toEqual(new Set(['cancelled']));
  });

  test('progress of a waiting job', async () => {
    const response = await api.request(`/api/progress?jobId=${await api.byHand.job()}`);
    expect(response.headers.get('cache-control')).toBe('no-cache, no-store, must-revalidate');
    expect(response.headers.get('pragma')).toBe('no-cache');
    expect(progressViewSchema.parse(await response.json())).toMatchObject({
      ...{ progress: 0, stage: 'created', step: 'waiting', currentTime: null, startTime: null },
    });
  });

  test('DELETE cancels once, announces it, and then removes everything', async () => {
    const fileId = await api.byHand.upload();
    const jobId = await api.byHand.job(fileId);
    const cancelled = await api.request(`/api/jobs/${jobId}`, { method: 'DELETE' });
    expect(cancelled.status).toBe(200);
    expect(await cancelled.json()).toEqual({ jobId, status: 'cancelled' });
    await until(
      'it is announced',
      async () => (await api.platform.jobs.get(jobId))?.pendingEvents.length === 0,
    );
    const progress = await (await api.request(`/api/progress?jobId=${jobId}`)).json();
    expect(progressViewSchema.parse(progress).progress).toBe(-1);

    expect((await api.request(`/api/jobs/${jobId}`, { method: 'DELETE' })).status).toBe(204);
    expect(await refusal(await api.request(`/api/jobs/${jobId}`))).toBe('404 JOB_NOT_FOUND');
    expect(await api.platform.objects.head(uploadKey(fileId, 'song.wav'))).toBeUndefined();
    const submit = await api.postJson('/api/jobs', { fileId, format: 'mp3' });
    expect(await refusal(submit)).toBe('404 UPLOAD_NOT_FOUND');
  });

  test('a failed job is run again as a new job, others are not', async () => {
    const jobId = await api.byHand.job();
    const retry = () => api.request(`/api/jobs/${jobId}/retry`, { method: 'POST' });
    expect(await refusal(await retry())).toBe('409 JOB_NOT_RETRYABLE');
    await api.byHand.fail(await api.byHand.claim(jobId));
    const response = await retry();
    expect(response.status).toBe(202);
    const again = submittedSchema.parse(await response.json());
    const view = jobViewSchema.parse(await (await api.request(again.links.self)).json());
    expect(view).toMatchObject({ status: 'created', retryOf: jobId, format: 'mp3', fileName: 'song.wav' });
  });

  test('a type without a body is no body', async () => {
    const jobId = await api.byHand.job();
    await api.byHand.fail(await api.byHand.claim(jobId));
    expect((await api.postJson(`/api/jobs/${jobId}/retry`, '')).status).toBe(202);
  });

  test('clean-up frees a finished job, and the upload with the last one', async () => {
    const fileId = await api.byHand.upload();
    const [first, second] = [await api.byHand.job(fileId), await api.byHand.job(fileId)];
    const cleanup = (body: object) => api.postJson('/api/cleanup', body);
    const deleted = async (body: object) =>
      cleanupAnswerSchema.parse(await (await cleanup(body)).json()).deletedObjects;
    expect(await refusal(await cleanup({ jobId: first }))).toBe('409 JOB_ACTIVE');
    expect(await refusal(await cleanup({ fileId }))).toBe('409 JOB_ACTIVE');

    await api.byHand.complete(await api.byHand.claim(first), Buffer.from('result'));
    expect(await deleted({ jobId: first })).toBe(1);
    expect(await api.platform.objects.list(outputPrefix(first))).toEqual([]);
    expect(await refusal(await api.request(`/api/download?jobId=${first}`))).toBe('410 OUTPUT_DELETED');
    expect(await deleted({ jobId: first })).toBe(0);
    expect((await api.platform.jobs.get(first))?.status).toBe('completed');

    await api.byHand.fail(await api.byHand.claim(second));
    expect(await deleted({ jobId: second })).toBe(1);
    expect(await refusal(await cleanup({ fileId }))).toBe('404 UPLOAD_NOT_FOUND');
    const retry = await api.request(`/api/jobs/${second}/retry`, { method: 'POST' });
    expect(await refusal(retry)).toBe('404 UPLOAD_NOT_FOUND');
  });

  test('an upload that no active job reads can go', async () => {
    const fileId = await api.byHand.upload();
    await api.byHand.fail(await api.byHand.claim(await api.byHand.job(fileId)));
    const answer = await api.postJson('/api/cleanup', { fileId });
    expect(await answer.json()).toEqual({ deletedObjects: 1 });
    expect(await refusal(await api.postJson('/api/cleanup', { fileId: 'x' }))).toBe('404 UPLOAD_NOT_FOUND');
    expect(await refusal(await api.postJson('/api/cleanup', { fileId: 'x y' }))).toBe('400 INVALID_ID');
    expect(await refusal(await api.postJson('/api/cleanup', {}))).toBe('400 VALIDATION_ERROR');
  });
});
