/** Downloads: ranges, names, conditions, links, and every reason why there is nothing to download. */
import { randomBytes } from 'node:crypto';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { Stand } from '../bring-up/stand.ts';
import { refusal } from './refusal.ts';

const bytes = randomBytes(300_000);
let api: Stand;
let jobId: string;
beforeAll(async () => {
  api = await Stand.start();
  jobId = await api.byHand.job(await api.byHand.upload('Dvořák "№ 9"; rm -rf.flac'));
  await api.byHand.complete(await api.byHand.claim(jobId), bytes);
});
afterAll(() => api.stop());

const download = (headers: Record<string, string> = {}, method = 'GET', query = '') =>
  api.request(`/api/download?jobId=${jobId}${query}`, { headers, method });

test('the whole file, with all that a client needs to know', async () => {
  const response = await download();
  expect(response.status).toBe(200);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'audio/mpeg',
    'content-length': '300000',
    'accept-ranges': 'bytes',
    'x-content-type-options': 'nosniff',
    'content-disposition': `attachment; filename="Dvo__k __ 9_; rm -rf.mp3"; filename*=UTF-8''Dvo%C5%99%C3%A1k%20%22%E2%84%96%209%22%3B%20rm%20-rf.mp3`,
  });
  expect(response.headers.get('etag')).toMatch(/^".+"$/);
  expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
});

test.each([
  ['bytes=0-99', 0, 99],
  ['bytes=299990-', 299_990, 299_999],
  ['bytes=-5', 299_995, 299_999],
  ['bytes=100-999999999', 100, 299_999],
])('%s is a part of it', async (range, first, last) => {
  const response = await download({ range });
  expect(response.status).toBe(206);
  expect(response.headers.get('content-range')).toBe(`bytes ${first}-${last}/300000`);
  expect(response.headers.get('content-length')).toBe(String(last - first + 1));
  expect(Buffer.from(await response.arrayBuffer()).equals(bytes.subarray(first, last + 1))).toBe(true);
});

test.each(['bytes=9-1', 'bytes=300000-', 'bytes=0-1,5-6', 'items=0-1'])('%s is refused', async (range) => {
  const response = await download({ range });
  expect(response.headers.get('content-range')).toBe('bytes */300000');
  expect(await refusal(response)).toBe('416 RANGE_INVALID');
});

test.each([
  [`${'x'.repeat(250)}💫💫💫.wav`, `${'x'.repeat(250)}.mp3`],
  ['\u202e👨‍👩‍👧‍👦'.repeat(60), `${'_👨‍👩‍👧‍👦'.repeat(8)}_.mp3`],
  // What was stored before names were cut between characters.
  [`${'x'.repeat(40)}\ud83d`, `${'x'.repeat(40)}\ufffd.mp3`],
])('whatever a file is called, its result and its sound are there: %j', async (given, expected) => {
  const fileId = await api.byHand.upload(given.toWellFormed());
  const id = await api.byHand.job(fileId);
  await api.platform.aws.dynamo.send(
    new UpdateCommand({
      TableName: api.platform.config.JOBS_TABLE,
      Key: { jobId: id },
      UpdateExpression: 'SET fileName = :name',
      ExpressionAttributeValues: { ':name': given },
    }),
  );
  await api.byHand.complete(await api.byHand.claim(id), bytes);
  const named = `filename*=UTF-8''${encodeURIComponent(expected)}`;
  const whole = await api.request(`/api/download?jobId=${id}`);
  expect(whole.status).toBe(200);
  expect(whole.headers.get('content-disposition')).toContain(named);
  for (const of of ['source', 'result']) {
    expect((await api.request(`/api/jobs/${id}/audio?of=${of}`)).status).toBe(200);
  }
  const link = await api.request(`/api/download?jobId=${id}&mode=url`);
  const { url } = z.object({ url: z.url() }).parse(await link.json());
  const direct = await fetch(url);
  expect(direct.status).toBe(200);
  expect(direct.headers.get('content-disposition')).toContain(named);
});

test('HEAD tells the same and sends nothing', async () => {
  const response = await download({}, 'HEAD');
  expect(response.status).toBe(200);
  expect(response.headers.get('content-length')).toBe('300000');
  expect((await response.arrayBuffer()).byteLength).toBe(0);
});

test('conditions: the same version is not sent again, another one is sent whole', async () => {
  const etag = (await download({}, 'HEAD')).headers.get('etag') ?? '';
  expect((await download({ 'if-none-match': `"other", ${etag}` })).status).toBe(304);
  const same = await download({ range: 'bytes=0-9', 'if-range': etag });
  expect((await same.arrayBuffer()).byteLength).toBe(10);
  const other = await download({ range: 'bytes=0-9', 'if-range': '"other"' });
  expect(other.status).toBe(200);
  expect((await other.arrayBuffer()).byteLength).toBe(300_000);
});

test('a link that needs no credentials', async () => {
  const response = await download({}, 'GET', '&mode=url');
  expect(response.headers.get('cache-control')).toBe('no-store');
  const link = z.object({ url: z.url(), expiresInSeconds: z.literal(900) }).parse(await response.json());
  const file = await fetch(link.url);
  expect(file.headers.get('content-disposition')).toContain('attachment');
  expect(Buffer.from(await file.arrayBuffer()).equals(bytes)).toBe(true);
});

test('a client that stops reading leaves the server well', async () => {
  const response = await download();
  await response.body?.cancel();
  expect((await download({}, 'HEAD')).status).toBe(200);
});

test('what is not there: waiting, running, failed, cancelled, expired', async () => {
  const answer = async (id: string, query = '') =>
    refusal(await api.request(`/api/download?jobId=${id}${query}`));
  const waiting = await api.byHand.job();
  expect(await answer(waiting)).toBe('409 JOB_NOT_READY');
  const claim = await api.byHand.claim(waiting);
  expect(await answer(waiting)).toBe('409 JOB_NOT_READY');
  await api.byHand.fail(claim);
  expect(await answer(waiting)).toBe('409 JOB_FAILED');

  const cancelled = await api.byHand.job();
  await api.request(`/api/jobs/${cancelled}`, { method: 'DELETE' });
  expect(await answer(cancelled)).toBe('409 JOB_FAILED');

  const expired = await api.byHand.job();
  const done = await api.byHand.complete(await api.byHand.claim(expired), Buffer.from('soon gone'));
  await api.platform.objects.remove([done.outputS3Location?.key ?? '']);
  expect(await answer(expired)).toBe('410 OUTPUT_EXPIRED');
  expect(await answer(expired, '&mode=url')).toBe('410 OUTPUT_EXPIRED');
  expect(await answer(expired, '&mode=file')).toBe('400 VALIDATION_ERROR');
});
