/** What the client asks about jobs, and what it makes of the answers. */
import { expect, test } from 'vitest';
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

test('waiting ends with a word on where the job stands', async () => {
  const { client } = await serve([json(job({ jobId, status: 'processing' }))]);
  expect(await thrownBy(client.jobs.waitForEnd(jobId, { timeoutMs: 0, everyMs: 1 }))).toMatchObject({
    code: 'STILL_ACTIVE',
    message: 'The job is still processing after 0 s. It goes on all the same.',
    retryable: true,
    detail: { jobId, status: 'processing' },
  });
});
