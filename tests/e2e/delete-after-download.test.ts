/** `deleteAfterDownload`: what counts as a download, what goes then, and what the history says of it. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { get } from 'node:http';
import { jobViewSchema, submittedSchema } from '@wavefleet/contracts/http.ts';
import { outputPrefix } from '@wavefleet/contracts/keys.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { endingShardOf, expiryShardOf } from '@wavefleet/platform/jobs/ids.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loseAnswerOf } from '../bring-up/client-faults.ts';
import { Stand } from '../bring-up/stand.ts';
import { refusal } from './refusal.ts';

const bytes = randomBytes(2_000_000);
let api: Stand;
beforeAll(async () => {
  api = await Stand.start({ env: { DELETE_GRACE_MS: '300' } });
});
afterAll(() => api.stop());

/** A completed job that asked for it. */
async function completed(fileId: string): Promise<string> {
  const body = { fileId, format: 'mp3', deleteAfterDownload: true };
  const { jobId } = submittedSchema.parse(await (await api.postJson('/api/jobs', body)).json());
  await api.byHand.complete(await api.byHand.claim(jobId), bytes);
  return jobId;
}
const download = (jobId: string, init: RequestInit = {}, query = '') =>
  api.request(`/api/download?jobId=${jobId}${query}`, init);
const view = async (jobId: string) =>
  jobViewSchema.parse(await (await api.request(`/api/jobs/${jobId}`)).json());
const keyOf = async (fileId: string) =>
  (await api.platform.uploads.getOwned(fileId, 'anonymous')).location.key;
const stored = (jobId: string) => api.platform.objects.list(outputPrefix(jobId));
const untilDeleted = (jobId: string) =>
  until('the result is deleted', async () => (await view(jobId)).removedAt !== undefined);

test('one whole download deletes result and upload, after a time for second thoughts; the history says so', async () => {
  const fileId = await api.byHand.upload();
  const source = await keyOf(fileId);
  const jobId = await completed(fileId);
  expect(await view(jobId)).toMatchObject({ deleteAfterDownload: true });
  expect((await (await download(jobId)).arrayBuffer()).byteLength).toBe(bytes.length);
  await untilDeleted(jobId);
  expect(await stored(jobId)).toEqual([]);
  expect(await api.platform.objects.head(source)).toBeUndefined();
  expect(await view(jobId)).toMatchObject({
    status: 'completed',
    output: { sizeBytes: bytes.length },
    playback: { source: 'none', result: 'none' },
  });
  expect(await refusal(await download(jobId))).toBe('410 OUTPUT_DELETED');
  expect(await refusal(await api.request(`/api/jobs/${jobId}/audio`))).toBe('410 OUTPUT_DELETED');
  expect((await api.platform.jobs.get(jobId))?.deleteAt).toBeUndefined();
});

test('the note of a download whose answer from the table is lost needs no sweeper to be followed', async () => {
  const jobId = await completed(await api.byHand.upload());
  const wasLost = loseAnswerOf(api.platform.aws.dynamo, 'deleteAt = :at');
  await (await download(jobId)).arrayBuffer();
  await untilDeleted(jobId);
  expect(wasLost()).toBe(true);
  expect(await stored(jobId)).toEqual([]);
});

test('who has told the end of a job takes no reminder away that a download has set meanwhile', async () => {
  const { outbox, deliveries, jobs } = api.platform;
  const body = { fileId: await api.byHand.upload(), format: 'mp3', deleteAfterDownload: true };
  const { jobId } = submittedSchema.parse(await (await api.postJson('/api/jobs', body)).json());
  const seen = await api.byHand.complete(await api.byHand.claim(jobId), bytes);
  const deleteAt = Date.now() + 3_600_000;
  expect(await deliveries.delivered(jobId, deleteAt)).toMatchObject({ dueAt: deleteAt });
  await outbox.clear(seen, new Set(seen.pendingEvents.map(({ eventId }) => eventId)));
  expect(await jobs.get(jobId)).toMatchObject({
    ...{ pendingEvents: [], deleteAt, dueAt: deleteAt, dueShard: endingShardOf(jobId) },
  });
});

test('of two downloads the first one sets the time, and it may say so twice', async () => {
  const { deliveries } = api.platform;
  const jobId = await completed(await api.byHand.upload());
  const deleteAt = Date.now() + 3_600_000;
  expect(await deliveries.delivered(jobId, deleteAt)).toMatchObject({ deleteAt });
  expect(await deliveries.delivered(jobId, deleteAt + 1)).toBeUndefined();
  expect(await deliveries.delivered(jobId, deleteAt)).toMatchObject({ deleteAt });
});

test('an upload that another job needs stays', async () => {
  const fileId = await api.byHand.upload();
  const source = await keyOf(fileId);
  const jobId = await completed(fileId);
  const other = await api.byHand.job(fileId);
  await (await download(jobId)).arrayBuffer();
  await untilDeleted(jobId);
  expect(await api.platform.objects.head(source)).toBeDefined();
  expect(await view(other)).toMatchObject({ status: 'created' });
});

test('a range over the whole file is one; HEAD, parts, a link and a broken download are not', async () => {
  const jobId = await completed(await api.byHand.upload());
  await download(jobId, { method: 'HEAD' });
  await (await download(jobId, { headers: { range: 'bytes=0-9' } })).arrayBuffer();
  await (await download(jobId, { headers: { range: 'bytes=10-' } })).arrayBuffer();
  const { url, deletesAfterDownload } = await api.client.results.link(jobId);
  expect(deletesAfterDownload).toBe(false);
  await (await fetch(url)).arrayBuffer();
  const broken = get(`http://127.0.0.1:${api.port}/api/download?jobId=${jobId}`, { agent: false });
  const [response] = await once(broken, 'response');
  await once(response, 'readable');
  broken.destroy();
  expect((await api.platform.jobs.get(jobId))?.deleteAt).toBeUndefined();

  await (await download(jobId, { headers: { range: 'bytes=0-' } })).arrayBuffer();
  await untilDeleted(jobId);
});

test('a job that did not ask for it keeps its result', async () => {
  const jobId = await api.byHand.job();
  await api.byHand.complete(await api.byHand.claim(jobId), bytes);
  await (await download(jobId)).arrayBuffer();
  await (await download(jobId)).arrayBuffer();
  expect(await api.platform.jobs.get(jobId)).not.toHaveProperty('deleteAt', expect.anything());
  expect(await stored(jobId)).toHaveLength(1);
});

test('an API that dies once it has noted the download leaves the deletion to a sweeper', async () => {
  const jobId = await completed(await api.byHand.upload());
  await api.platform.deliveries.delivered(jobId, Date.now());
  const worker = await api.addWorker();
  await untilDeleted(jobId);
  expect(await stored(jobId)).toEqual([]);
  // The reminder has served: what is left waits for the end of the record.
  await until('it is filed', async () => {
    const job = await api.platform.jobs.get(jobId);
    return job?.dueShard === expiryShardOf(jobId);
  });
  await worker.stop();
});

test('the same key with another wish is another order; a retry asks for it again', async () => {
  const fileId = await api.byHand.upload();
  const order = { fileId, format: 'mp3' };
  const headers = { 'idempotency-key': 'once' };
  expect((await api.postJson('/api/jobs', { ...order, deleteAfterDownload: false }, headers)).status).toBe(
    202,
  );
  expect((await api.postJson('/api/jobs', order, headers)).status).toBe(202);
  const other = await api.postJson('/api/jobs', { ...order, deleteAfterDownload: true }, headers);
  expect(await refusal(other)).toBe('422 IDEMPOTENCY_KEY_REUSED');

  const asked = await api.postJson('/api/jobs', { ...order, deleteAfterDownload: true });
  const { jobId } = submittedSchema.parse(await asked.json());
  await api.byHand.fail(await api.byHand.claim(jobId));
  const again = await api.client.jobs.retry(jobId);
  expect(await view(again.jobId)).toMatchObject({ deleteAfterDownload: true });
});

test('no link on another site leads to a download that deletes; to other downloads one does', async () => {
  const jobId = await completed(await api.byHand.upload());
  const keeps = await api.byHand.job();
  await api.byHand.complete(await api.byHand.claim(keeps), bytes);
  for (const [site, of, status] of [
    ['cross-site', jobId, 403],
    ['same-site', jobId, 403],
    ['cross-site', keeps, 200],
    ['none', jobId, 200],
  ] as const) {
    // Node's fetch says "cors" of itself, whatever it is told.
    const path = `/api/download?jobId=${of}`;
    const headers = { 'sec-fetch-site': site, 'sec-fetch-mode': 'navigate' };
    const asked = get({ port: api.port, path, headers, agent: false });
    const [answer] = await once(asked, 'response');
    expect([site, of, answer.statusCode]).toEqual([site, of, status]);
    answer.resume();
    await once(answer, 'end');
    if (status === 403) expect((await api.platform.jobs.get(of))?.deleteAt).toBeUndefined();
  }
  await untilDeleted(jobId);
});
