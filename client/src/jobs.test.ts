/** What the client asks about jobs, and what it makes of the answers. */
import { getEventListeners } from 'node:events';
import { expect, test, vi } from 'vitest';
import { job } from './samples.testing.ts';
import { type Answerer, json, serve, thrownBy } from './test-server.testing.ts';

const jobId = '00000000-0000-4000-8000-000000000001';
const fileId = '00000000-0000-4000-8000-000000000002';
const submitted = {
  jobId,
  status: 'created',
  createdAt: '2026-01-01T00:00:00.000Z',
  links: { self: '', progress: '', events: '', download: '', audio: '' },
};

test('an order is sent as it is, with its idempotency key', async () => {
  const { client, asked } = await serve([json(submitted, 202)]);
  const order = { fileId, format: 'mp3', quality: '192k', options: { trimEnd: 2 } } as const;
  expect(await client.jobs.submit(order, { idempotencyKey: 'once' })).toEqual(submitted);
  expect(asked).toMatchObject([
    {
      method: 'POST',
      url: '/api/jobs',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'once' },
      body: Buffer.from(JSON.stringify(order)),
    },
  ]);
});

test('a history is asked for by what is set, and by nothing else', async () => {
  const list = { jobs: [job({ jobId })], nextCursor: 'next' };
  const { client, asked } = await serve([json(list)]);
  expect(await client.jobs.list()).toEqual(list);
  await client.jobs.list({ status: 'failed', limit: 1, cursor: 'a b&c' });
  await client.jobs.list({ status: undefined, limit: 20 });
  expect(asked.map(({ url }) => url)).toEqual([
    '/api/jobs?',
    '/api/jobs?status=failed&limit=1&cursor=a+b%26c',
    '/api/jobs?limit=20',
  ]);
});

test('totals are asked for until nothing is left, and added up', async () => {
  const part = (nextCursor: string | null) => ({
    ...{ jobs: 3, completed: 2, audioSeconds: 0.1, inputBytes: 10, outputBytes: 5, nextCursor },
  });
  const { client, asked } = await serve([json(part('next')), json(part('last')), json(part(null))]);
  expect(await client.jobs.totals({ name: 'a&b', format: 'mp3' })).toEqual({
    ...{ jobs: 9, completed: 6, audioSeconds: 0.3, inputBytes: 30, outputBytes: 15 },
  });
  expect(asked.map(({ url }) => url)).toEqual([
    '/api/jobs/totals?name=a%26b&format=mp3',
    '/api/jobs/totals?name=a%26b&format=mp3&cursor=next',
    '/api/jobs/totals?name=a%26b&format=mp3&cursor=last',
  ]);
});

test('an export is streamed, and has an address for links', async () => {
  const { client, asked } = await serve([json({ jobs: [] })]);
  const answer = await client.jobs.exportAll('json', { status: 'failed' });
  expect(await answer.json()).toEqual({ jobs: [] });
  expect(asked.map(({ url }) => url)).toEqual(['/api/jobs/export?as=json&status=failed']);
  expect(client.jobs.exportUrl('csv', { from: '2026-01-01' })).toMatch(
    /^http.*\/api\/jobs\/export\?as=csv&from=2026-01-01$/,
  );
});

test('a retry sends its changes, with its idempotency key', async () => {
  const { client, asked } = await serve([json(submitted, 202)]);
  expect(await client.jobs.retry(jobId, { quality: null }, { idempotencyKey: 'once' })).toEqual(submitted);
  expect(asked).toMatchObject([
    {
      method: 'POST',
      url: `/api/jobs/${jobId}/retry`,
      headers: { 'idempotency-key': 'once' },
      body: Buffer.from('{"quality":null}'),
    },
  ]);
});

const nothing: Answerer = (_asked, answer) => answer.writeHead(204).end();

test('removing says whether the job was cancelled, had just ended, or is gone', async () => {
  const { client, asked } = await serve([
    json({ jobId, status: 'cancelled' }),
    json({ jobId, status: 'completed' }),
    nothing,
  ]);
  const ends = [];
  for (let time = 0; time < 3; time += 1) ends.push(await client.jobs.remove(jobId));
  expect(ends).toEqual(['cancelled', 'completed', 'deleted']);
  expect(asked[0]).toMatchObject({ method: 'DELETE', url: `/api/jobs/${jobId}` });
});

test('a job is cleaned up by its id', async () => {
  const { client, asked } = await serve([json({ deletedObjects: 2 })]);
  expect(await client.jobs.cleanUp(jobId)).toEqual({ deletedObjects: 2 });
  expect(asked).toMatchObject([
    { method: 'POST', url: '/api/cleanup', body: Buffer.from(JSON.stringify({ jobId })) },
  ]);
});

test('a mending that only a newer server knows is left out, of one job and of a list', async () => {
  const newer = { ...job({ jobId }), fix: { label: 'Without polish', changes: { options: { polish: 9 } } } };
  const { client } = await serve([json(newer), json({ jobs: [newer], nextCursor: null })]);
  expect(await client.jobs.get(jobId)).toEqual(job({ jobId }));
  expect((await client.jobs.list()).jobs).toEqual([job({ jobId })]);
});

test('waiting looks until the job has ended', async () => {
  const done = job({ jobId, status: 'completed' });
  const { client, asked } = await serve([
    json(job({ jobId })),
    json(job({ jobId, status: 'processing' })),
    json(done),
  ]);
  expect(await client.jobs.waitForEnd(jobId, { everyMs: 1 })).toEqual(done);
  expect(asked).toHaveLength(3);
});

test('who waits and has enough is kept by no pause; a job that has ended is an answer however late it is', async () => {
  const reason = new Error('enough');
  const over = new AbortController();
  const { client } = await serve([json(job({ jobId }))]);
  const thrown = thrownBy(client.jobs.waitForEnd(jobId, { everyMs: 120_000, signal: over.signal }));
  await vi.waitFor(() => expect(getEventListeners(over.signal, 'abort')).toHaveLength(1), 20_000);
  over.abort(reason);
  expect(await thrown).toBe(reason);

  const done = job({ jobId, status: 'completed' });
  const { client: late } = await serve([json(done)]);
  expect(await late.jobs.waitForEnd(jobId, { timeoutMs: 0 })).toEqual(done);
});

test('waiting ends with a word on where the job stands', async () => {
  const { client } = await serve([json(job({ jobId, status: 'processing' }))]);
  expect(await thrownBy(client.jobs.waitForEnd(jobId, { timeoutMs: 0, everyMs: 1 }))).toMatchObject({
    code: 'STILL_ACTIVE',
    message: 'The job is still processing after 0 s. It was not stopped.',
    retryable: true,
    detail: { jobId, status: 'processing' },
  });
});
