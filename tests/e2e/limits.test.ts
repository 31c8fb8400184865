/** What one caller may have: how often, how much at once, and what happens to the others and without Redis. */
import { randomUUID } from 'node:crypto';
import { until } from '@wavefleet/localstack/waiting.ts';
import { Quotas } from '@wavefleet/platform/plans/quotas.ts';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { callerOf, jobOf, uploadOf } from '../bring-up/caller.ts';
import { cutOffWav } from '../bring-up/not-audio.ts';
import { FaultProxy } from '../bring-up/proxy/fault-proxy.ts';
import { Stand } from '../bring-up/stand.ts';
import { refusal, UNKNOWN_ID } from './refusal.ts';

let api: Stand;
beforeAll(async () => {
  api = await Stand.start();
});
afterAll(() => api?.stop());

const caller = () => callerOf(api);

describe('how often', () => {
  beforeAll(() => api.restartApi({ REQUESTS_PER_MINUTE: '60', SUBMISSIONS_PER_MINUTE: '18' }));
  afterAll(() => api.restartApi());

  test('every answer says where the caller stands; who is over it is told when to come back, and nobody else is', async () => {
    const [ann, ben] = [caller(), caller()];
    const first = await ann.request('/api/formats');
    expect(first.headers.get('ratelimit-policy')).toBe('"requests";q=10;w=10');
    expect(first.headers.get('ratelimit')).toMatch(/^"requests";r=9;t=(9|10)$/);
    for (let each = 0; each < 9; each += 1) expect((await ann.request('/api/formats')).status).toBe(200);
    const over = await ann.request('/api/formats');
    expect(over.headers.get('ratelimit')).toMatch(/^"requests";r=0;t=\d+$/);
    const seconds = Number(over.headers.get('retry-after'));
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect(seconds).toBeLessThanOrEqual(10);
    expect(await over.json()).toMatchObject({
      error: { code: 'RATE_LIMITED', detail: { retryAfterSeconds: seconds } },
    });
    // However often: the second one too many is no more welcome than the first.
    for (let each = 0; each < 5; each += 1) {
      const again = await ann.request('/api/formats');
      expect([again.status, again.headers.get('ratelimit')]).toEqual([
        429,
        expect.stringMatching(/^"requests";r=0;t=\d+$/),
      ]);
    }
    expect((await ben.request('/api/formats')).status).toBe(200);
    for (let each = 0; each < 20; each += 1) expect((await api.request('/api/health/live')).status).toBe(200);
  });

  test('what begins something is counted by itself as well', async () => {
    const ann = caller();
    const answers = [await ann.begin(), await ann.begin(), await ann.begin()];
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(answers[0]?.headers.get('ratelimit-policy')).toBe('"requests";q=10;w=10, "submissions";q=3;w=10');
    for (let each = 0; each < 5; each += 1) expect(await refusal(await ann.begin())).toBe('429 RATE_LIMITED');
    expect((await ann.request('/api/jobs')).status).toBe(200);
  });

  const id = '6f1c2c1e-3f5e-4b8a-9c53-0d7a1d1b7a01';
  test.each([
    '/api/jobs',
    `/api/jobs/${id}/retry`,
    `/api/jobs/${id}/share`,
    '/api/uploads',
    '/api/keys',
    '/api/presets',
    '/api/presets/import',
    '/api/webhooks',
    `/api/webhooks/${id}/test`,
    `/api/webhooks/${id}/deliveries/${id}/replay`,
  ])('POST %s makes something, and has the narrower limit', async (path) => {
    const ann = caller();
    for (let each = 0; each < 3; each += 1) expect((await ann.post(path, {})).status).not.toBe(429);
    expect(await refusal(await ann.post(path, {}))).toBe('429 RATE_LIMITED');
  });

  test('to delete everything is one of those as well', async () => {
    const ann = caller();
    const erase = () => ann.request('/api/me?confirm=everything', { method: 'DELETE' });
    for (let each = 0; each < 3; each += 1) expect((await erase()).status).toBe(200);
    expect(await refusal(await erase())).toBe('429 RATE_LIMITED');
  });

  test.each([
    '/api/jobs/totals',
    '/api/jobs/export?as=csv',
    '/api/jobs?name=a',
    '/api/jobs?status=failed',
    '/api/jobs?format=mp3',
  ])('GET %s goes through a history, and has such a limit of its own', async (path) => {
    const ann = caller();
    for (let each = 0; each < 3; each += 1) {
      const answer = await ann.request(path);
      expect(answer.status).toBe(200);
      // To its end: as long as an export is read, its place is taken.
      await answer.text();
    }
    expect(await refusal(await ann.request(path))).toBe('429 RATE_LIMITED');
    expect((await ann.request('/api/jobs')).status).toBe(200);
    expect((await ann.begin()).status).toBe(201);
  });

  test('one address has four times as much, whatever cookies it makes up, and cannot speak for another', async () => {
    await api.restartApi({ REQUESTS_PER_MINUTE: '30', TRUSTED_PROXIES: '1' });
    const ask = (forwarded: string) =>
      caller().request('/api/formats', { headers: { 'x-forwarded-for': forwarded } });
    for (let each = 0; each < 20; each += 1)
      expect((await ask(`192.0.2.${each}, 198.51.100.7`)).status).toBe(200);
    // As one more, and as an owner who has just one left.
    const last = caller();
    for (let each = 0; each < 5; each += 1)
      expect(await refusal(await ask('192.0.2.99, 198.51.100.7'))).toBe('429 RATE_LIMITED');
    const spend = (address: string) =>
      last.request('/api/formats', { headers: { 'x-forwarded-for': address } });
    for (let each = 0; each < 4; each += 1) expect((await spend('198.51.100.9')).status).toBe(200);
    expect(await refusal(await spend('198.51.100.7'))).toBe('429 RATE_LIMITED');
    expect((await ask('198.51.100.8')).status).toBe(200);
  });
});

describe('how much at once', () => {
  const small = {
    ...{ MAX_ACTIVE_JOBS: '2', MAX_OPEN_UPLOADS: '2' },
    ...{ MAX_STORED_BYTES: '1000', MAX_STREAMS_PER_OWNER: '2' },
  };
  beforeAll(() => api.restartApi(small));
  afterAll(() => api.restartApi());

  test('jobs that wait or run: one that has ended, or is cancelled, makes room', async () => {
    const ann = caller();
    const fileId = await ann.upload();
    const [one, two] = [await jobOf(await ann.submit(fileId)), await jobOf(await ann.submit(fileId))];
    const over = await ann.submit(fileId);
    expect(over.headers.get('retry-after')).toBe('5');
    expect(await refusal(over)).toBe('429 JOBS_LIMIT');
    const ben = caller();
    expect((await ben.submit(await ben.upload())).status).toBe(202);
    // A worker ended it, and told nobody here.
    await api.byHand.complete(await api.byHand.claim(one), Buffer.from('the result'));
    await until('there is room', async () => (await ann.submit(fileId)).status === 202);
    expect(await refusal(await ann.submit(fileId))).toBe('429 JOBS_LIMIT');
    await ann.request(`/api/jobs/${two}`, { method: 'DELETE' });
    expect((await ann.submit(fileId)).status).toBe(202);
  });

  test('one that has ended makes room, however many older ones go on', async () => {
    // Of one look, and a few more.
    await api.restartApi({ MAX_ACTIVE_JOBS: '43' });
    const ann = caller();
    const fileId = await ann.upload();
    const jobs: string[] = [];
    for (let each = 0; each < 43; each += 1) jobs.push(await jobOf(await ann.submit(fileId)));
    for (const ended of jobs.slice(40))
      await api.byHand.complete(await api.byHand.claim(ended), Buffer.from('x'));
    await until('there is room', async () => (await ann.submit(fileId)).status === 202);
    await api.restartApi(small);
  });

  test('a place whose record is just being written is not taken for one that is free', async () => {
    const ann = caller();
    const fileId = await ann.upload();
    const { ownerId } = (await api.platform.uploads.get(fileId)) ?? expect.fail();
    const quotas = new Quotas(api.platform);
    for (const jobId of [randomUUID(), randomUUID()]) await quotas.holdJob(ownerId, jobId);
    expect(await refusal(await ann.submit(fileId))).toBe('429 JOBS_LIMIT');
  });

  test('a place whose record cannot be read is not taken for one that is free', async () => {
    const ownerId = `account:${randomUUID()}`;
    const quotas = new Quotas(api.platform);
    const jobs = vi.spyOn(api.platform.jobs, 'get').mockRejectedValue(new Error('away'));
    onTestFinished(() => jobs.mockRestore());
    const hold = () => quotas.holdJob(ownerId, randomUUID());
    await hold();
    await hold();
    await expect(hold()).rejects.toMatchObject({ code: 'JOBS_LIMIT' });
    expect(jobs).toHaveBeenCalledTimes(2);
  });

  test('open uploads: one that is finished, or given up, makes room', async () => {
    const ann = caller();
    const [one, two] = [await uploadOf(await ann.begin(cutOffWav.length)), await uploadOf(await ann.begin())];
    expect(await refusal(await ann.begin())).toBe('429 OPEN_UPLOADS_LIMIT');
    await ann.request(`/api/uploads/${one}/parts/1`, { method: 'PUT', body: cutOffWav });
    expect((await ann.request(`/api/uploads/${one}/complete`, { method: 'POST' })).status).toBe(200);
    expect((await ann.begin()).status).toBe(201);
    expect(await refusal(await ann.begin())).toBe('429 OPEN_UPLOADS_LIMIT');
    await ann.request(`/api/uploads/${two}`, { method: 'DELETE' });
    expect((await ann.begin()).status).toBe(201);
  });

  test('stored bytes, declared or not; what is deleted makes room', async () => {
    const ann = caller();
    const kept = await uploadOf(await ann.begin(900));
    expect(await refusal(await ann.begin(101))).toBe('429 STORED_BYTES_LIMIT');
    // It holds none of the two places of open uploads either.
    const small = await uploadOf(await ann.begin(1));
    expect(await refusal(await ann.begin(1))).toBe('429 OPEN_UPLOADS_LIMIT');
    await ann.request(`/api/uploads/${small}`, { method: 'DELETE' });
    const body = new Uint8Array(200);
    body.set(cutOffWav.subarray(0, 40));
    const declared = await ann.request('/api/upload-audio', { method: 'POST', body });
    expect(await refusal(declared)).toBe('429 STORED_BYTES_LIMIT');
    const stream = new Blob([body]).stream();
    const undeclared = await ann.request('/api/upload-audio', {
      method: 'POST',
      body: stream,
      duplex: 'half',
    });
    expect(await refusal(undeclared)).toBe('429 STORED_BYTES_LIMIT');
    await ann.request(`/api/uploads/${kept}`, { method: 'DELETE' });
    expect((await ann.request('/api/upload-audio', { method: 'POST', body })).status).toBe(201);
  });

  test('event streams: one that is closed makes room', async () => {
    const ann = caller();
    const jobId = await jobOf(await ann.submit(await ann.upload()));
    const closing = new AbortController();
    const listen = (signal?: AbortSignal) =>
      ann.request(`/api/jobs/${jobId}/events`, signal === undefined ? {} : { signal });
    const open = [await listen(closing.signal), await listen()];
    expect(await refusal(await listen())).toBe('429 STREAMS_LIMIT');
    closing.abort();
    await open[0]?.body?.cancel().catch(() => undefined);
    const next = await until('there is room', async () => {
      const answer = await listen();
      if (answer.status === 200) return answer;
      await answer.arrayBuffer();
      return undefined;
    });
    await Promise.all([open[1]?.body?.cancel(), next.body?.cancel()]);
  });
});

test('what is refused lets go of no place that another request with the same key has taken', async () => {
  const proxy = new FaultProxy(api.services.url);
  // Nobody else has been about: the owner has two places in this process.
  await api.restartApi({ MAX_ACTIVE_JOBS: '1', AWS_ENDPOINT_URL: await proxy.door('api') });
  const ann = caller();
  const fileId = await ann.upload();
  const submit = (file: string) =>
    ann.request('/api/jobs', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'once' },
      body: JSON.stringify({ fileId: file, format: 'mp3' }),
    });
  const gate = Promise.withResolvers<void>();
  const held = proxy.inject({
    hits: ({ step }) => step === 'create',
    effect: { kind: 'hold', when: 'before', until: gate.promise },
  });
  const made = submit(fileId);
  await held.nth(1);
  expect(await refusal(await submit(UNKNOWN_ID))).toBe('404 UPLOAD_NOT_FOUND');
  gate.resolve();
  expect((await made).status).toBe(202);
  expect(await refusal(await ann.submit(fileId))).toBe('429 JOBS_LIMIT');
  await api.restartApi();
  await proxy.stop();
});

test('a job that is asked for a hundred times in a second costs DynamoDB ten reads and one a second', async () => {
  const proxy = new FaultProxy(api.services.url);
  await api.restartApi({ AWS_ENDPOINT_URL: await proxy.door('api') });
  const ann = caller();
  const jobId = await jobOf(await ann.submit(await ann.upload()));
  for (const path of [`/api/jobs/${jobId}`, `/api/progress?jobId=${jobId}`]) {
    proxy.forget();
    const startedAt = performance.now();
    const ask = async () => (await ann.request(path)).status;
    for (let round = 0; round < 10; round += 1)
      expect(await Promise.all(Array.from({ length: 10 }, ask))).toEqual(Array(10).fill(200));
    const seconds = (performance.now() - startedAt) / 1000;
    expect(proxy.calls('dynamodb', 'api')).toBeLessThanOrEqual(10 + seconds + 1);
  }
  // Nobody sees less for it: what this service changes is seen at once.
  await ann.request(`/api/jobs/${jobId}`, { method: 'DELETE' });
  expect(await (await ann.request(`/api/jobs/${jobId}`)).json()).toMatchObject({ status: 'cancelled' });
  await api.restartApi();
  await proxy.stop();
});

test('without Redis each process counts for itself: the limits hold, and nothing fails', async () => {
  await api.restartApi({ SUBMISSIONS_PER_MINUTE: '30', MAX_OPEN_UPLOADS: '3' });
  await api.services.killRedis();
  await until('it is away', () => api.platform.redis?.isUp() === false);
  const ann = caller();
  const ids = [];
  for (let each = 0; each < 3; each += 1) ids.push(await uploadOf(await ann.begin()));
  expect(await refusal(await ann.begin())).toBe('429 OPEN_UPLOADS_LIMIT');
  await ann.request(`/api/uploads/${ids[0]}`, { method: 'DELETE' });
  expect((await ann.begin()).status).toBe(201);
  expect(await refusal(await ann.begin())).toBe('429 RATE_LIMITED');
});
