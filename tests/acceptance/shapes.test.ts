/** What one conversion leaves behind, field by field: in the tables, in Redis, and in the answers of the API. */
import { join } from 'node:path';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { type FormatName, outputFormat } from '@wavefleet/contracts/formats.ts';
import { jobSchema } from '@wavefleet/contracts/job.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Stand } from '../bring-up/stand.ts';
import { refusal, UNKNOWN_ID } from '../e2e/refusal.ts';

const DAY_SECONDS = 86_400;
const iso = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const timecode = /^\d\d:\d\d:\d\d\.\d\d$/;

let stand: Stand;
let fileId: string;
beforeAll(async () => {
  stand = await Stand.start();
  await stand.addWorker();
  const path = join(stand.dir, 'song.wav');
  await makeSample(path, { seconds: 1 });
  ({ fileId } = await uploadFile(stand.client, path));
});
afterAll(() => stand?.stop());

/** One item, as it lies in the table. */
async function item(table: 'JOBS' | 'UPLOADS', key: Record<string, string>) {
  const { aws, config } = stand.platform;
  const TableName = config[`${table}_TABLE`];
  const { Item } = await aws.dynamo.send(new GetCommand({ TableName, Key: key }));
  return Item;
}

async function converted(format: FormatName): Promise<string> {
  const { jobId } = await stand.client.jobs.submit({ fileId, format });
  expect((await stand.client.jobs.waitForEnd(jobId)).status).toBe('completed');
  return jobId;
}

test('R1.3, F17, D17: the record of a job, from the first moment to the last', async () => {
  const { jobId } = await stand.client.jobs.submit({ fileId, format: 'mp3', quality: '192k' });
  const nowSeconds = Date.now() / 1000;
  const record = {
    jobId,
    inputS3Location: {
      ...{ bucket: stand.platform.objects.bucket, key: `uploads/${fileId}.wav` },
      ...{ sizeBytes: expect.any(Number), etag: expect.any(String) },
    },
    ...{ format: 'mp3', quality: '192k', createdAt: iso, updatedAt: iso, ttl: expect.any(Number) },
  };
  const first = jobSchema.parse(await item('JOBS', { jobId }));
  expect(first).toMatchObject(record);
  expect(['created', 'processing']).toContain(first.status);
  expect(first.ttl - nowSeconds).toBeGreaterThan(29 * DAY_SECONDS);
  expect(first.ttl - nowSeconds).toBeLessThan(31 * DAY_SECONDS);
  await stand.client.jobs.waitForEnd(jobId);
  expect(await item('JOBS', { jobId })).toMatchObject({
    ...record,
    status: 'completed',
    outputS3Location: {
      bucket: stand.platform.objects.bucket,
      key: `conversions/${jobId}/1.mp3`,
      sizeBytes: expect.any(Number),
    },
  });
});

test('F20: the record of an upload', async () => {
  const bytes = new Blob([new Uint8Array(9 * 1024 ** 2)]);
  const begun = await stand.client.uploads.begin({ fileName: 'long.wav', sizeBytes: bytes.size });
  const key = { fileId: begun.fileId };
  await stand.client.uploads.sendPart(
    stand.client.uploads.partUrl(begun.fileId, 1),
    bytes.slice(0, begun.partSizeBytes),
  );
  expect(await item('UPLOADS', key)).toMatchObject({
    ...{ ...key, fileName: 'long.wav', sizeBytes: bytes.size, uploadedSize: begun.partSizeBytes },
    ...{ totalChunks: 2, completedChunks: 1, state: 'uploading', multipartId: expect.any(String) },
    ...{ key: `uploads/${begun.fileId}.wav`, bucket: stand.platform.objects.bucket, parts: new Set([1]) },
    ...{ ttl: expect.any(Number), updatedAt: iso },
  });
});

test('D1, D10: what a poll answers, and that nobody may keep it', async () => {
  const path = join(stand.dir, 'long.flac');
  await makeSample(path, { seconds: 100, codec: ['-sample_fmt', 's16'] });
  const long = await uploadFile(stand.client, path);
  const { jobId } = await stand.client.jobs.submit({ fileId: long.fileId, format: 'mp3' });
  const seen: { progress: number; updatedAt: string }[] = [];
  for (;;) {
    const response = await stand.request(`/api/progress?jobId=${jobId}`);
    expect(response.headers.get('cache-control')).toBe('no-cache, no-store, must-revalidate');
    expect(response.headers.get('pragma')).toBe('no-cache');
    const view = await stand.client.progress.get(jobId);
    seen.push(view);
    if (view.status === 'completed') break;
    expect(view).toMatchObject({ jobId, error: null });
    expect(['created', 'downloading', 'converting', 'uploading']).toContain(view.stage);
    expect(view.progress).toBeLessThan(100);
    if (view.currentTime === null) continue;
    expect(view).toMatchObject({
      startTime: expect.any(Number),
      currentTime: expect.stringMatching(timecode),
    });
    expect(view).toMatchObject({ totalDuration: '00:01:40.00' });
  }
  expect(seen.map(({ progress }) => progress)).toEqual(
    seen.map(({ progress }) => progress).sort((a, b) => a - b),
  );
  expect(seen.at(-1)).toMatchObject({ progress: 100, stage: 'completed', estimatedTimeRemaining: 0 });
  const times = [...new Set(seen.map(({ updatedAt }) => updatedAt))].map((text) => Date.parse(text));
  const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;
  expect(times.length / seconds, 'updates a second').toBeGreaterThan(1);
});

test('T4.5, D8: progress in Redis lives an hour', async () => {
  const ttlSeconds = await stand.platform.redis?.cache.ttl(`progress:${await converted('opus')}`);
  expect(ttlSeconds).toBeGreaterThan(3_500);
  expect(ttlSeconds).toBeLessThanOrEqual(3_600);
});

test.each(['mp3', 'wav', 'flac', 'ogg', 'm4a'] as const)(
  'T9.3: a download says what it is: %s',
  async (format) => {
    const { headers } = await stand.client.results.download(await converted(format));
    const { mimeType, extension } = outputFormat(format);
    expect(mimeType).toMatch(/^audio\//);
    expect(headers.get('content-type')).toBe(mimeType);
    expect(headers.get('content-disposition')).toContain(`song.${extension}`);
  },
);

test.each([
  ...[UNKNOWN_ID, '1754408209622', 'no-such-job'].flatMap((id) => [
    ...[`/api/jobs/${id}`, `/api/progress?jobId=${id}`, `/api/download?jobId=${id}`],
  ]),
])('D4, T2.4, T9.6: a job that is not there is 404: %s', async (path) => {
  expect(await refusal(await stand.request(path))).toBe('404 JOB_NOT_FOUND');
});
