/** What is seen of a job while it works and after it has ended, in Redis, in the table and by who asks. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import type { ProgressReport } from '@wavefleet/contracts/progress.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { filesBelow } from '../bring-up/observers.ts';
import { Stand } from '../bring-up/stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await Stand.start();
});
afterAll(() => stand?.stop());

/** Makes a file with plain FFmpeg and uploads it. */
async function given(name: string, args: readonly string[]): Promise<string> {
  const path = join(stand.dir, name);
  await execa('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...args, path]);
  return (await uploadFile(stand.client, path)).fileId;
}

const LIVE = ['-f', 'matroska', '-live', '1'];

test('a source that does not say how long it is: the percent moves all the way, the time left does not rise', async () => {
  const seconds = 400;
  const fileId = await given('live.mka', [
    ...['-f', 'lavfi', '-i', `anoisesrc=r=44100:a=0.1:c=pink:d=${seconds}`],
    ...['-c:a', 'flac', '-compression_level', '0', ...LIVE],
  ]);
  const { jobId } = await stand.client.jobs.submit({ fileId, format: 'mp3' });
  const reports: ProgressReport[] = [];
  stand.platform.progress.subscribe(jobId, (news) => {
    if (news !== 'ended') reports.push(news);
  });
  const worker = await stand.addWorker();
  expect(await stand.client.jobs.waitForEnd(jobId, { timeoutMs: 110_000 })).toMatchObject({
    status: 'completed',
    output: { durationSeconds: expect.closeTo(seconds, 0) },
  });
  await worker.stop();

  const converting = reports.filter(
    ({ stage, currentTime }) => stage === 'convert' && (currentTime ?? 0) > 0,
  );
  expect(converting.length).toBeGreaterThan(5);
  let lowest = Number.POSITIVE_INFINITY;
  for (const { percent, currentTime, totalDuration, estimatedTimeRemaining: left } of converting) {
    const truly = 10 + (80 * (currentTime ?? 0)) / seconds;
    expect(Math.abs(percent - truly), `${percent} % at ${currentTime} s`).toBeLessThan(12);
    expect(percent).toBeLessThan(90);
    expect(totalDuration).toBeNull();
    if (left === null) continue;
    expect(left).toBeLessThanOrEqual(lowest * 1.2 + 1e-9);
    lowest = Math.min(lowest, left);
  }
  expect(lowest).toBeLessThan(Number.POSITIVE_INFINITY);
});

test('how a job ended stays in Redis for who looks there, and why it failed in the table', async () => {
  const { progress, aws, config } = stand.platform;
  const good = await given('good.wav', ['-f', 'lavfi', '-i', 'sine=d=1']);
  const path = join(stand.dir, 'damaged.mp3');
  await execa('ffmpeg', ['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', 'anoisesrc=d=20', path]);
  const bytes = await readFile(path);
  await writeFile(path, bytes.fill(0x55, 30_000, 60_000));
  const bad = (await uploadFile(stand.client, path)).fileId;
  const done = await stand.client.jobs.submit({ fileId: good, format: 'mp3' });
  const failed = await stand.client.jobs.submit({ fileId: bad, format: 'mp3', options: { strict: true } });
  const worker = await stand.addWorker();
  for (const { jobId } of [done, failed]) await stand.client.jobs.waitForEnd(jobId);
  await until('Redis says how both ended', async () => {
    const ends = [await progress.readRedis(done.jobId), await progress.readRedis(failed.jobId)];
    return ends.every((end) => end !== undefined && 'endedAt' in end);
  });
  expect(await progress.readRedis(done.jobId)).toMatchObject({
    progress: 100,
    stage: 'completed',
    attempt: 1,
  });
  const { error } = await stand.client.jobs.get(failed.jobId);
  expect(await progress.readRedis(failed.jobId)).toMatchObject({
    ...{ progress: -1, stage: 'failed', error: error?.message },
  });
  const record = await until('the table says why', async () => {
    const command = new GetCommand({ TableName: config.PROGRESS_TABLE, Key: { jobId: failed.jobId } });
    return (await aws.dynamo.send(command)).Item ?? false;
  });
  expect(record).toMatchObject({
    ...{ phase: 2, stage: 'convert', error: error?.message, startTime: expect.any(Number) },
    ffmpegLogs: expect.arrayContaining([expect.stringMatching(/mp3/)]),
  });
  expect(await stand.client.progress.get(failed.jobId)).toMatchObject({
    ...{ progress: -1, stage: 'failed', step: 'done', error: error?.message, errorCode: error?.code },
  });
  await worker.stop();
});

test.each([
  ['is known before', 'tone.flac', []],
  ['is seen while FFmpeg writes', 'tone.mka', LIVE],
])(
  'more temporary space than a job may use, which %s: refused with what to do',
  async (_when, name, container) => {
    const tone = ['-f', 'lavfi', '-i', 'sine=r=44100:d=60', '-c:a', 'flac'];
    const fileId = await given(name, [...tone, ...container]);
    const worker = await stand.addWorker({
      ...{ MAX_UPLOAD_BYTES: '3000000', MAX_RESUMABLE_UPLOAD_BYTES: '3000000' },
      MAX_TEMP_BYTES: '4000000',
    });
    const { jobId } = await stand.client.jobs.submit({ fileId, format: 'wav' });
    expect(await stand.client.jobs.waitForEnd(jobId)).toMatchObject({
      status: 'failed',
      attempt: 1,
      error: {
        code: 'TEMP_SPACE_LIMIT',
        message: expect.stringContaining('smaller format'),
        retryable: false,
        detail: { limitBytes: 4_000_000, sourceBytes: expect.any(Number) },
      },
      fix: { changes: { format: 'flac' } },
    });
    await worker.stop();
    expect(await filesBelow(worker.workDir)).toEqual([]);
  },
);
