/** Looking for jobs in a history, adding them up, and taking the list along. */
import { randomUUID } from 'node:crypto';
import { type IncomingMessage, request } from 'node:http';
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { historyTotalsSchema } from '@wavefleet/contracts/history-search.ts';
import { jobListSchema } from '@wavefleet/contracts/http.ts';
import type { Job } from '@wavefleet/contracts/job.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Stand } from '../bring-up/stand.ts';
import { tokenOf } from '../bring-up/token-of.ts';
import { refusal } from './refusal.ts';

let api: Stand;
let completed: Job;
beforeAll(async () => {
  api = await Stand.start();
  const jobId = await api.byHand.job();
  await api.byHand.complete(await api.byHand.claim(jobId), Buffer.from('0123456789'));
  completed = (await api.platform.jobs.get(jobId)) ?? expect.fail();
});
afterAll(() => api?.stop());

/** An owner with a history, and how it asks. */
async function someone() {
  const ownerId = `owner-${randomUUID()}`;
  const headers = { authorization: `Bearer ${await tokenOf(api.platform, ownerId)}` };
  const { shares: _, ...job } = completed;
  let made = 0;
  return {
    ownerId,
    headers,
    has: async (part: Partial<Job>): Promise<string> => {
      made += 1;
      const jobId = randomUUID();
      const createdAt = new Date(Date.parse('2026-03-01T12:00:00Z') + made * 1_000).toISOString();
      await api.platform.jobs.create({ ...job, jobId, ownerId, createdAt, ...part });
      return jobId;
    },
    /** Written past the store, 25 at once. */
    hasMany: async (count: number): Promise<void> => {
      for (let done = 0; done < count; done += 25) {
        const puts = Array.from({ length: Math.min(25, count - done) }, (_, nth) => {
          // Two in each millisecond. Not all in one: the embedded DynamoDB tells those apart by 24 bits of their ids.
          const createdAt = new Date(Date.UTC(2026, 0, 1) + Math.floor((done + nth) / 2)).toISOString();
          return { PutRequest: { Item: { ...job, jobId: randomUUID(), ownerId, createdAt } } };
        });
        const RequestItems = { [api.env.JOBS_TABLE ?? '']: puts };
        await api.platform.aws.dynamo.send(new BatchWriteCommand({ RequestItems }));
      }
    },
    ask: (path: string) => api.request(path, { headers }),
    list: async (query: string) =>
      jobListSchema.parse(await (await api.request(`/api/jobs?${query}`, { headers })).json()),
    totals: async (query = '') =>
      historyTotalsSchema.parse(await (await api.request(`/api/jobs/totals?${query}`, { headers })).json()),
  };
}

test('each part of a search leaves out what does not fit, together and alone', async () => {
  const ann = await someone();
  const names = {
    cafe: await ann.has({ fileName: 'Café Live.wav', createdAt: '2026-03-01T00:00:00.000Z' }),
    talk: await ann.has({ fileName: 'talk.flac', format: 'opus', createdAt: '2026-03-01T23:59:59.999Z' }),
    bad: await ann.has({ fileName: 'live bad.wav', status: 'failed', createdAt: '2026-03-02T00:00:00.000Z' }),
  };
  const ben = await someone();
  await ben.has({ fileName: 'live of another.wav' });
  const found = async (query: string) => {
    const { jobs } = await ann.list(query);
    const known = Object.entries(names);
    return jobs.map(({ jobId }) => known.find(([, id]) => id === jobId)?.[0]);
  };
  expect(await found('name=LIVE')).toEqual(['bad', 'cafe']);
  expect(await found(`name=${encodeURIComponent('cafe\u0301')}`)).toEqual(['cafe']);
  expect(await found('name=live&status=completed')).toEqual(['cafe']);
  expect(await found('format=opus')).toEqual(['talk']);
  expect(await found('from=2026-03-01&before=2026-03-02')).toEqual(['talk', 'cafe']);
  expect(await found('from=2026-03-02T00:00:00Z')).toEqual(['bad']);
  expect(await found('before=2026-03-01')).toEqual([]);
  expect(await found('from=2026-03-05&before=2026-03-04')).toEqual([]);
  expect(await found('name=%20%20')).toEqual(['bad', 'talk', 'cafe']);
  expect(await found('name=.*')).toEqual([]);
  for (const [query, answer] of [
    ['status=odd', '400 VALIDATION_ERROR'],
    ['format=mp4', '422 UNSUPPORTED_OUTPUT_FORMAT'],
    ['from=tomorrow', '400 VALIDATION_ERROR'],
    [`name=${'x'.repeat(201)}`, '400 VALIDATION_ERROR'],
  ]) {
    for (const path of ['', '/totals', '/export'])
      expect(await refusal(await ann.ask(`/api/jobs${path}?${query}`))).toBe(answer);
  }
});

test('pages of a search have everything once, and a cursor belongs to its search', async () => {
  const ann = await someone();
  const fitting: string[] = [];
  for (let index = 0; index < 25; index += 1) {
    const jobId = await ann.has({ fileName: index % 5 === 0 ? `Take ${index}.wav` : 'other.wav' });
    if (index % 5 === 0) fitting.unshift(jobId);
  }
  const seen: string[] = [];
  const cursors: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: Awaited<ReturnType<typeof ann.list>> = await ann.list(
      `name=take&limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`,
    );
    seen.push(...page.jobs.map(({ jobId }) => jobId));
    cursor = page.nextCursor;
    if (cursor !== null) cursors.push(cursor);
  }
  expect(seen).toEqual(fitting);
  const [cursor] = cursors;
  const elsewhere = `/api/jobs?before=2026-01-01&cursor=${cursor}`;
  expect(await refusal(await ann.ask(elsewhere))).toBe('400 INVALID_CURSOR');
  const ben = await someone();
  expect(await refusal(await ben.ask(`/api/jobs/totals?cursor=${cursor}`))).toBe('400 INVALID_CURSOR');
});

test('totals count each job once, however often it was tried, and only what completed jobs read and made', async () => {
  const ann = await someone();
  expect(await ann.totals()).toEqual({
    ...{ jobs: 0, completed: 0, audioSeconds: 0, inputBytes: 0, outputBytes: 0, nextCursor: null },
  });
  const { input, outputS3Location } = completed;
  const inputS3Location = { ...completed.inputS3Location, sizeBytes: 1_000 };
  const lasting = (durationSeconds: number | null) => input && { ...input, durationSeconds };
  await ann.has({ inputS3Location, input: lasting(0.1), attempt: 3, retries: 2 });
  await ann.has({ inputS3Location, input: lasting(0.2), retryOf: randomUUID() });
  // A source that does not say how long it is was as long as what it became.
  await ann.has({ inputS3Location, input: lasting(null) });
  await ann.has({ inputS3Location, input: lasting(50), outputS3Location, status: 'failed' });
  await ann.has({ inputS3Location, status: 'created', format: 'opus' });
  const ben = await someone();
  await ben.has({});
  expect(await ann.totals()).toEqual({
    ...{ jobs: 5, completed: 3, audioSeconds: 2.3, inputBytes: 3_000, outputBytes: 30, nextCursor: null },
  });
  expect(await ann.totals('format=opus')).toMatchObject({ jobs: 1, completed: 0 });
  expect(await ann.totals('status=completed&name=nothing')).toMatchObject({ jobs: 0 });
});

test('totals of a long history come in parts, each of a bounded number of reads', async () => {
  const ann = await someone();
  const count = 5_010;
  await ann.hasMany(count);
  const first = await ann.totals();
  expect(first.nextCursor).not.toBeNull();
  expect(first.jobs).toBeLessThanOrEqual(5_000);
  let jobs = first.jobs;
  for (let cursor = first.nextCursor; cursor !== null; ) {
    const part = await ann.totals(`cursor=${cursor}`);
    jobs += part.jobs;
    cursor = part.nextCursor;
  }
  expect(jobs).toBe(count);

  const all = await (await ann.ask('/api/jobs/export?as=json')).json();
  expect(
    new Set(
      jobListSchema
        .pick({ jobs: true })
        .parse(all)
        .jobs.map(({ jobId }) => jobId),
    ).size,
  ).toBe(count);
  // More than the socket holds: an export that nobody takes stops reading, and gives its place back when it is left.
  const open = () =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const at = { port: api.port, path: '/api/jobs/export?as=json', headers: ann.headers };
      request(at, (answer) => resolve(answer.pause()))
        .on('error', reject)
        .end();
    });
  const [one, two] = [await open(), await open()];
  expect(await refusal(await ann.ask('/api/jobs/export'))).toBe('429 EXPORTS_LIMIT');
  one.destroy();
  two.destroy();
  await expect
    .poll(async () => {
      const again = await ann.ask('/api/jobs/export?name=none');
      // To its end: it goes through all of the history.
      await again.text();
      return again.status;
    })
    .toBe(200);
});

test('an export is a download of all that fits, as a table or as the API has it', async () => {
  const ann = await someone();
  const ids = [await ann.has({ fileName: '=cmd|"x".wav' }), await ann.has({ fileName: 'b.wav' })];
  const csv = await ann.ask('/api/jobs/export?as=csv');
  expect(Object.fromEntries(csv.headers)).toMatchObject({
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': expect.stringMatching(/^attachment; filename="wavefleet-jobs-[\d-]{10}\.csv"$/),
    'cache-control': 'no-store',
  });
  const [head, ...lines] = Buffer.from(await csv.arrayBuffer())
    .toString()
    .split('\r\n');
  expect(head).toMatch(/^\uFEFFjobId,fileName,/);
  expect(lines).toEqual([
    expect.stringMatching(`^${ids[1]},b.wav,completed,mp3,,2026-`),
    expect.stringMatching(`^${ids[0]},"'=cmd\\|""x"".wav",completed,`),
    '',
  ]);
  const { jobs } = await ann.list('limit=100');
  expect(await (await ann.ask('/api/jobs/export?as=json')).json()).toEqual({ jobs });
  expect(await (await ann.ask('/api/jobs/export?as=json&name=none')).json()).toEqual({ jobs: [] });
  const ben = await someone();
  expect(await (await ben.ask('/api/jobs/export?as=json')).json()).toEqual({ jobs: [] });
  expect((await ann.ask('/api/jobs/export?as=xml')).status).toBe(400);
});

test('an export that breaks off does not look whole', async () => {
  const ann = await someone();
  await ann.hasMany(210);
  const { dynamo } = api.platform.aws;
  let queries = 0;
  dynamo.middlewareStack.add(
    (next) => (args) => {
      // Upkeep of the same process asks as well.
      if (!('IndexName' in args.input) || args.input.IndexName !== 'history') return next(args);
      queries += 1;
      if (queries > 1) throw new Error('away');
      return next(args);
    },
    { step: 'initialize', name: 'breaks' },
  );
  try {
    // Before or after the first bytes, as it happens: never as an answer that has come to its end.
    const taken = ann.ask('/api/jobs/export?as=csv').then((answer) => answer.text());
    await expect(taken).rejects.toThrow();
    expect(queries).toBe(2);
  } finally {
    dynamo.middlewareStack.remove('breaks');
  }
});
