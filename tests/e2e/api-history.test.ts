/** What the page's history lives on: retries with other settings, polls that cost little, a place in the queue. */
import { randomUUID } from 'node:crypto';
import { jobListSchema, jobViewSchema, submittedSchema } from '@wavefleet/contracts/http.ts';
import { progressViewSchema } from '@wavefleet/contracts/progress.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Stand } from '../bring-up/stand.ts';
import { refusal } from './refusal.ts';

let api: Stand;
beforeAll(async () => {
  api = await Stand.start();
});
afterAll(() => api.stop());

test('a retry may change the settings, and says what cannot be', async () => {
  const fileId = await api.byHand.upload();
  const first = await api.postJson('/api/jobs', {
    fileId,
    format: 'mp3',
    quality: '192k',
    options: { trimStart: 9, channels: 1 },
  });
  const { jobId } = submittedSchema.parse(await first.json());
  const error = {
    code: 'INVALID_OPTION',
    message: 'm',
    retryable: false,
    detail: { field: 'options.trimStart', durationSeconds: 2 },
  } as const;
  await api.byHand.fail(await api.byHand.claim(jobId), error);
  const failed = jobViewSchema.parse(await (await api.request(`/api/jobs/${jobId}`)).json());
  expect(failed.fix).toEqual({ label: expect.any(String), changes: { options: { channels: 1 } } });

  const retry = (body: unknown) => api.postJson(`/api/jobs/${jobId}/retry`, body);
  const retried = async (body: unknown) => {
    const response = await retry(body);
    expect(response.status).toBe(202);
    const { links } = submittedSchema.parse(await response.json());
    const { format, quality, options, retryOf } = jobViewSchema.parse(
      await (await api.request(links.self)).json(),
    );
    expect(retryOf).toBe(jobId);
    return { format, quality, options };
  };
  const kept = { trimStart: 9, channels: 1 };
  expect(await retried({})).toEqual({ format: 'mp3', quality: '192k', options: kept });
  expect(await retried(failed.fix?.changes)).toEqual({
    format: 'mp3',
    quality: '192k',
    options: { channels: 1 },
  });
  expect(await retried({ format: 'opus' })).toEqual({ format: 'opus', quality: undefined, options: kept });
  expect(await retried({ format: 'ogg', quality: 'q5', options: {} })).toEqual({
    format: 'ogg',
    quality: 'q5',
    options: {},
  });
  expect(await retried({ quality: null })).toEqual({ format: 'mp3', quality: undefined, options: kept });
  // A preset as in a submission: of the old settings nothing is left.
  const preset = 'voice-mono-opus-32k';
  expect(await retried({ preset, options: { trimEnd: 1 } })).toEqual({
    format: 'opus',
    quality: '32k',
    options: { channels: 1, trimEnd: 1 },
  });
  expect(await retried({ preset, quality: null })).toMatchObject({ format: 'opus', quality: undefined });
  for (const [body, answer] of [
    [{ preset: 'none-of-mine' }, '422 UNKNOWN_PRESET'],
    [{ quality: 'q5' }, '422 INVALID_OPTION'],
    [{ options: { bitDepth: 24 } }, '422 INVALID_OPTION'],
    [{ format: 'tee' }, '422 UNSUPPORTED_OUTPUT_FORMAT'],
    [{ fileId }, '400 VALIDATION_ERROR'],
    ['{"format":', '400 INVALID_JSON'],
    [`{"a":"${'x'.repeat(70_000)}"}`, '413 PAYLOAD_TOO_LARGE'],
  ] as const) {
    expect(await refusal(await retry(body))).toBe(answer);
  }
  const form = { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'format=mp3' };
  expect(await refusal(await api.request(`/api/jobs/${jobId}/retry`, form))).toBe(
    '415 UNSUPPORTED_MEDIA_TYPE',
  );
});

test('a retry that is sent again makes no second job', async () => {
  const failed = async () => {
    const jobId = await api.byHand.job(fileId);
    await api.byHand.fail(await api.byHand.claim(jobId));
    return jobId;
  };
  const fileId = await api.byHand.upload();
  const [one, other] = [await failed(), await failed()];
  const retry = (jobId: string, body: unknown, key: string) =>
    api.postJson(`/api/jobs/${jobId}/retry`, body, { 'idempotency-key': key });
  const answers = await Promise.all([1, 2, 3].map(async () => (await retry(one, {}, 'lost')).text()));
  expect(new Set(answers).size).toBe(1);
  // The same key for another job, or for other settings, is a mistake.
  expect(await refusal(await retry(other, {}, 'lost'))).toBe('422 IDEMPOTENCY_KEY_REUSED');
  expect(await refusal(await retry(one, { format: 'flac' }, 'lost'))).toBe('422 IDEMPOTENCY_KEY_REUSED');
  const further = await retry(one, {}, 'further');
  expect(further.status).toBe(202);
  expect(answers).not.toContain(await further.text());
  expect(await refusal(await retry(one, {}, 'ä'.repeat(3)))).toBe('400 INVALID_IDEMPOTENCY_KEY');
});

test('a retry that is sent again is answered as before although the old job is deleted by now, and no other retry is', async () => {
  const old = await api.byHand.job();
  await api.byHand.fail(await api.byHand.claim(old));
  const retry = (body: unknown, key: string) =>
    api.postJson(`/api/jobs/${old}/retry`, body, { 'idempotency-key': key });
  const bodies = [{}, { format: 'opus', options: { channels: 1 } }, { preset: 'flac' }];
  const ask = () => Promise.all(bodies.map(async (body, nth) => (await retry(body, `gone-${nth}`)).text()));
  const answers = await ask();
  expect((await api.request(`/api/jobs/${old}`, { method: 'DELETE' })).status).toBe(204);
  expect(await ask()).toEqual(answers);
  expect(await refusal(await retry({ format: 'flac' }, 'gone-0'))).toBe('422 IDEMPOTENCY_KEY_REUSED');
  expect(await refusal(await retry({}, 'another'))).toBe('404 JOB_NOT_FOUND');
  for (const answer of answers) {
    const { jobId } = submittedSchema.parse(JSON.parse(answer));
    const cancelThenDelete = [200, 204];
    for (const status of cancelThenDelete)
      expect((await api.request(`/api/jobs/${jobId}`, { method: 'DELETE' })).status).toBe(status);
  }
  expect(await refusal(await retry({}, 'gone-0'))).toBe('404 JOB_NOT_FOUND');
});

test('polls that find nothing new cost a 304', async () => {
  const jobId = await api.byHand.job();
  await api.byHand.fail(await api.byHand.claim(jobId));
  for (const path of [`/api/jobs/${jobId}`, '/api/jobs?limit=1']) {
    const first = await api.request(path);
    expect(first.headers.get('cache-control')).toBe('private, no-cache');
    const headers = { 'if-none-match': first.headers.get('etag') ?? '' };
    const again = await api.request(path, { headers });
    expect(again.status).toBe(304);
    expect(again.headers.get('x-request-id')).not.toBeNull();
    await api.byHand.job();
    expect((await api.request('/api/jobs?limit=1', { headers })).status).toBe(200);
  }
});

test('a waiting job knows about where it stands, any other does not', async () => {
  const jobId = await api.byHand.job();
  await api.platform.pace.note(4_000);
  const look = async () => {
    const job = jobViewSchema.parse(await (await api.request(`/api/jobs/${jobId}`)).json());
    const progress = progressViewSchema.parse(
      await (await api.request(`/api/progress?jobId=${jobId}`)).json(),
    );
    return [job.queue, progress.queue];
  };
  const [inJob, inProgress] = await look();
  expect(inJob).toMatchObject({ approximate: true, position: expect.any(Number) });
  expect(inProgress).toEqual(inJob);
  await api.byHand.fail(await api.byHand.claim(jobId));
  expect(await look()).toEqual([undefined, undefined]);
});

test('one answer looks through a bounded part of a long history, and goes on where it stopped', async () => {
  const { platform } = api;
  const jobId = await api.byHand.job();
  await api.byHand.fail(await api.byHand.claim(jobId));
  const failed = (await platform.jobs.get(jobId)) ?? expect.fail();
  const old = Date.parse('2026-01-01T00:00:00Z');
  const inHistory = (index: number, status: 'failed' | 'cancelled') =>
    platform.jobs.create({
      ...failed,
      jobId: randomUUID(),
      status,
      createdAt: new Date(old - index * 1_000).toISOString(),
    });
  for (let done = 0; done < 1_400; done += 40)
    await Promise.all(Array.from({ length: 40 }, (_, index) => inHistory(done + index, 'cancelled')));
  await inHistory(1_400, 'failed');
  await inHistory(1_401, 'failed');

  let queries = 0;
  platform.aws.dynamo.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        if (commandName === 'QueryCommand') queries += 1;
        return next(args);
      },
    { step: 'initialize' },
  );
  const ask = async (cursor: string) => {
    const before = queries;
    const answer = await api.request(`/api/jobs?status=failed&limit=1${cursor}`);
    const page = jobListSchema.parse(await answer.json());
    return { ...page, queries: queries - before };
  };
  const pages: Awaited<ReturnType<typeof ask>>[] = [];
  for (let cursor = ''; pages.length < 50; ) {
    const page = await ask(cursor);
    pages.push(page);
    if (page.nextCursor === null) break;
    cursor = `&cursor=${page.nextCursor}`;
  }
  const found = pages.flatMap(({ jobs }) => jobs.map(({ createdAt }) => Date.parse(createdAt)));
  expect(found.slice(-2)).toEqual([old - 1_400_000, old - 1_401_000]);
  expect(found).toEqual(found.toSorted((a, b) => b - a));
  expect(pages.some(({ jobs, nextCursor }) => jobs.length === 0 && nextCursor !== null)).toBe(true);
  expect(Math.max(...pages.map((page) => page.queries))).toBe(5);

  const gone = await platform.history.list('anonymous', {
    limit: 1,
    status: 'failed',
    signal: AbortSignal.abort(),
  });
  expect(gone.jobs).toEqual([]);
});
