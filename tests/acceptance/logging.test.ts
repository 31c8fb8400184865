/**
 * What the log tells of one job and of one accident, at `debug`: a test for each criterion of R7. Every line is held to
 * the table of lines (`platform/src/log/table.ts`), which says for each what criterion asks for it.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '@wavefleet/client/client.ts';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { type CheckedLine, checkLine } from '@wavefleet/platform/log/line-check.testing.ts';
import type { LineName } from '@wavefleet/platform/log/table.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Fleet, holdingWorker } from '../bring-up/fleet.ts';

let fleet: Fleet;
let client: Client;
let lines: CheckedLine[] = [];
/** Of the upload and the job whose story is told. */
let fileId: string;
let jobId: string;
/** Of the job whose worker was killed. */
let killed: string;
/** Of a job whose source was damaged, and nothing but a whole one would do. */
let failed: string;
const PART_BYTES = 8 * 1024 ** 2;

beforeAll(async () => {
  fleet = await Fleet.start({
    ...{ workers: 0, restartWorkers: false, entries: { worker: holdingWorker } },
    env: { LOG_LEVEL: 'debug' },
  });
  client = fleet.client;
  await anAccident();
  await aJob();
  await fleet.killRedis();
  await client.jobs.list();
  lines = await until('everything is written', async () => {
    const read = await readLog();
    return read.some(({ event }) => event === 'redis.down') && read;
  });
}, 120_000);
afterAll(() => fleet?.stop());

/** Up in parts, through FFmpeg, down, cleaned up. */
async function aJob(): Promise<void> {
  const path = fleet.file('song.wav');
  await makeSample(path, { seconds: 60 });
  const bytes = new Blob([await readFile(path)]);
  const begun = await client.uploads.begin({ fileName: 'song.wav', sizeBytes: bytes.size });
  ({ fileId } = begun);
  for (const number of begun.missing) {
    const from = (number - 1) * PART_BYTES;
    await client.uploads.sendPart(
      client.uploads.partUrl(fileId, number),
      bytes.slice(from, from + PART_BYTES),
    );
  }
  await client.uploads.complete(fileId);
  ({ jobId } = await client.jobs.submit({ fileId, format: 'mp3', quality: '192k' }));
  await client.jobs.waitForEnd(jobId);
  await (await client.results.download(jobId)).arrayBuffer();
  await client.jobs.cleanUp(jobId);
}

/** A worker is killed in mid-job; another one takes its place and the job over. And a job that fails. */
async function anAccident(): Promise<void> {
  const victim = await fleet.addWorker({ HOLD_AT_STAGE: 'convert' });
  const held = new Promise((resolve) => victim.process.once('message', resolve));
  const { fileId: damaged } = await uploadFile(client, await damagedFile());
  ({ jobId: killed } = await client.jobs.submit({ fileId: damaged, format: 'flac' }));
  await held;
  victim.process.kill('SIGKILL');
  await victim.ended;
  await fleet.addWorker({}, 0);
  await client.jobs.waitForEnd(killed);
  const order = { fileId: damaged, format: 'flac', options: { strict: true } } as const;
  ({ jobId: failed } = await client.jobs.submit(order));
  expect((await client.jobs.waitForEnd(failed)).status).toBe('failed');
}

/** FFmpeg has something to say about it. */
async function damagedFile(): Promise<string> {
  const path = fleet.file('damaged.mp3');
  await makeSample(path, { seconds: 10 });
  const bytes = await readFile(path);
  await writeFile(path, bytes.fill(0x55, 30_000, 60_000));
  return path;
}

async function readLog(): Promise<CheckedLine[]> {
  const files = (await readdir(fleet.logDir)).filter((name) => /^(api|worker)/.test(name));
  const texts = await Promise.all(files.map((name) => readFile(join(fleet.logDir, name), 'utf8')));
  return texts
    .flatMap((text) => text.split('\n'))
    .filter((line) => line.startsWith('{"level"'))
    .map((line) => {
      const checked = checkLine(line);
      if (Array.isArray(checked)) throw new Error(checked.join('\n'));
      return checked;
    });
}

/** The lines of that name, about the story's job or upload unless another is meant. */
function told(event: LineName, about: Record<string, unknown> = {}): CheckedLine[] {
  return lines.filter(
    (line) => line.event === event && Object.entries(about).every(([name, value]) => line[name] === value),
  );
}

const number = expect.any(Number);
const source = () => ({ bucket: fleet.env.S3_BUCKET, key: `uploads/${fileId}.wav` });
const result = () => ({ bucket: fleet.env.S3_BUCKET, key: `conversions/${jobId}/1.mp3` });

test('R7.1 requests with job, size, format and time', () => {
  expect(told('request', { jobId, path: '/api/jobs' })).toEqual([
    expect.objectContaining({
      method: 'POST',
      status: 202,
      format: 'mp3',
      ms: number,
      requestId: expect.any(String),
    }),
  ]);
  expect(told('request', { fileId, path: '/api/uploads' })).toEqual([
    expect.objectContaining({ method: 'POST', status: 201, sizeBytes: number }),
  ]);
});

test('R7.2 an upload with its key, its parts and how far it is', () => {
  expect(told('upload.begun', { fileId })).toEqual([expect.objectContaining({ ...source(), parts: 2 })]);
  expect(told('upload.part', { fileId }).map(({ part }) => part)).toEqual([1, 2]);
  expect(told('upload.stored', { fileId })).toEqual([
    expect.objectContaining({ ...source(), parts: 2, sizeBytes: number, ms: number }),
  ]);
});

test('R7.3 a job with its source, its place and what it is to become', () => {
  expect(told('job.created', { jobId })).toEqual([
    expect.objectContaining({
      ...source(),
      fileId,
      format: 'mp3',
      quality: '192k',
      table: fleet.env.JOBS_TABLE,
    }),
  ]);
  expect(told('job.completed', { jobId })).toEqual([
    expect.objectContaining({
      ...result(),
      sizeBytes: number,
      durationSeconds: expect.closeTo(60, 0),
      totalMs: number,
    }),
  ]);
});

test('R7.4 FFmpeg with its arguments, its input and its process id', () => {
  expect(told('ffmpeg.started', { jobId })).toEqual([
    expect.objectContaining({
      program: expect.stringContaining('ffmpeg'),
      args: expect.arrayContaining(['-i', '-c:a', '192k']),
      pid: number,
      input: expect.objectContaining({
        container: 'wav',
        codec: 'pcm_s16le',
        sampleRate: 44_100,
        channels: 2,
      }),
    }),
  ]);
});

test('R7.5 what FFmpeg writes, and the percent that is made of it', () => {
  expect(told('ffmpeg.stderr', { jobId: killed })[0]).toMatchObject({
    pid: number,
    text: expect.any(String),
  });
  const percents = told('ffmpeg.progress', { jobId }).map(({ percent }) => Number(percent));
  expect(percents.length).toBeGreaterThan(0);
  expect(percents).toEqual(percents.toSorted((a, b) => a - b));
});

test('R7.6 how FFmpeg ended: code, last words, seconds', () => {
  expect(told('ffmpeg.ended', { jobId })).toEqual([
    expect.objectContaining({ exitCode: 0, signal: null, stderrTail: expect.any(String), seconds: number }),
  ]);
});

test('R7.7 AWS calls with service, operation, what they were about and their status', () => {
  const services = new Set(told('aws.call').map(({ aws }) => aws));
  expect(services).toEqual(new Set(['s3', 'sqs', 'dynamodb', 'eventbridge']));
  for (const { operation, ms, attempts, status } of told('aws.call')) {
    expect({ operation, ms, attempts, status }).toEqual({
      ...{ operation: expect.any(String), ms: number, attempts: number, status: number },
    });
  }
  expect(told('aws.call', { operation: 'SendMessage' })[0]).toMatchObject({ queue: expect.any(String) });
  expect(told('aws.call', { operation: 'PutEvents' })[0]).toMatchObject({ bus: fleet.env.EVENT_BUS });
});

test('R7.8 AWS calls that failed, with code, tries and reason', () => {
  // The message came back before the dead worker's lease had ended: a condition that did not hold.
  for (const line of [...told('aws.declined'), ...told('aws.failed')]) {
    expect(line).toMatchObject({ code: expect.any(String), reason: expect.any(String) });
  }
  expect(told('aws.declined').length).toBeGreaterThan(0);
});

test('R7.9 Redis: keys, operations and whether it answers', () => {
  expect(told('redis.up').length).toBeGreaterThan(0);
  expect(told('redis.down').length).toBeGreaterThan(0);
  const commands = told('redis.call').filter(({ keys }) =>
    JSON.stringify(keys).includes(`progress:${jobId}`),
  );
  expect(commands.length).toBeGreaterThan(0);
  for (const command of commands)
    expect(command).toMatchObject({ operation: expect.any(String), ms: number });
});

test('R7.10 DynamoDB: table, operation and key', () => {
  const calls = told('aws.call', { aws: 'dynamodb', table: fleet.env.JOBS_TABLE });
  const ofJob = calls.filter(({ item }) => JSON.stringify(item) === JSON.stringify({ jobId }));
  expect(ofJob.map(({ operation }) => operation)).toEqual(expect.arrayContaining(['GetItem', 'UpdateItem']));
});

test('R7.11 S3: bucket, key and operation', () => {
  const calls = told('aws.call', { aws: 's3', bucket: fleet.env.S3_BUCKET });
  const about = (wanted: string) =>
    calls.filter(({ key }) => key === wanted).map(({ operation }) => operation);
  expect(about(source().key)).toEqual(
    expect.arrayContaining(['CreateMultipartUpload', 'UploadPart', 'CompleteMultipartUpload', 'GetObject']),
  );
  expect(about(result().key)).toEqual(expect.arrayContaining(['GetObject']));
  expect(told('job.downloaded', { jobId })).toEqual([expect.objectContaining(source())]);
  expect(told('job.stored', { jobId })).toEqual([expect.objectContaining(result())]);
});

test('R7.12 a restart, and the jobs that it touched', () => {
  expect(told('worker.ready')).toHaveLength(2);
  expect(told('worker.leftovers')).toEqual([expect.objectContaining({ folders: 1, jobIds: [killed] })]);
  expect(told('job.claimed', { jobId: killed, attempt: 2 })).toEqual([
    expect.objectContaining({ reclaimed: true, reclaimedFrom: expect.any(String), crashes: number }),
  ]);
});

test('R7.14 a download with job, place and how it went', () => {
  const [download] = told('download.ended', { jobId });
  expect(download).toMatchObject({ ...result(), complete: true, ms: number });
  expect(download?.sentBytes).toBe(download?.sizeBytes);
});

test('R7.15 an error with its frames and what it was about', () => {
  expect(told('job.failed', { jobId: failed })).toEqual([
    expect.objectContaining({
      ...{ attempt: number, code: expect.any(String), status: number, table: fleet.env.JOBS_TABLE },
      err: expect.objectContaining({ stack: expect.stringMatching(/^\s+at .*\.ts:\d+/m) }),
    }),
  ]);
});

test('R7.16 clean-up, with what was removed', () => {
  expect(told('job.freed', { jobId })).toEqual([
    expect.objectContaining({ bucket: fleet.env.S3_BUCKET, keys: [result().key] }),
  ]);
  expect(told('upload.removed', { fileId })).toEqual([expect.objectContaining(source())]);
});
