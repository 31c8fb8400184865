/**
 * Writes the records and messages of today's contracts: `node tests/rolling/write-fixture.ts > tests/rolling/records/NAME.json`.
 * Run it before a change of the contracts, and name the file in `fixture.ts`; the tests then hold the new code to it.
 */
import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DynamoDBDocumentClient, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { ABILITY } from '@wavefleet/contracts/needs.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { receiveBodies } from '@wavefleet/localstack/embedded/services.testing.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { zeros } from '../bring-up/not-audio.ts';
import { Stand } from '../bring-up/stand.ts';

const stand = await Stand.start();
try {
  const { client, platform } = stand;
  const dynamo = DynamoDBDocumentClient.from(platform.aws.dynamo);
  const song = join(stand.dir, 'song.wav');
  const silent = join(stand.dir, 'zeros.wav');
  await makeSample(song, { seconds: 1, tags: { title: 'Song' } });
  await writeFile(silent, zeros);
  const { fileId } = await uploadFile(client, song);
  const { fileId: broken } = await uploadFile(client, silent);

  const worker = await stand.addWorker();
  const done = [
    await client.jobs.submit({ fileId, format: 'aiff', options: { trimEnd: 0.5 } }),
    await client.jobs.submit({ fileId: broken, format: 'mp3', quality: '192k' }),
  ];
  for (const { jobId } of done) await client.jobs.waitForEnd(jobId);
  const bytes = await readFile(song);
  await platform.objects.putBytes('drops/flac/drop.wav', bytes, 'audio/wav');
  await until('the drop is converted', () => platform.objects.head('results/flac/drop.wav.json'));
  await worker.stop();
  const cancelled = await client.jobs.submit({ fileId, format: 'opus' });
  await fetch(`${client.baseUrl}/api/jobs/${cancelled.jobId}`, { method: 'DELETE' });
  await client.jobs.submit({ fileId, format: 'flac', options: { sampleRate: 48_000 } });
  const died = await client.jobs.submit({ fileId, format: 'mp3', quality: 'high' });
  await platform.transitions.claim(died.jobId, { owner: 'died', leaseMs: 1, ability: ABILITY });
  await inSegments();
  await putOff();
  await unsent();

  await platform.progress.persist(
    {
      ...{ jobId: died.jobId, ownerId: 'anonymous', attempt: 1, percent: 42.5, stage: 'convert' },
      ...{ startTime: Date.now(), currentTime: 0.5, totalDuration: 1, uploadedSize: null, totalSize: null },
      ...{ speed: 12.5, estimatedTimeRemaining: 3, updatedAt: new Date().toISOString() },
    },
    { error: 'The conversion failed.', ffmpegLogs: ['[flac @ 0x1] invalid residual'] },
  );
  const open = await client.uploads.begin({ fileName: 'long.wav', sizeBytes: 10_000_000 });
  await platform.uploads.partArrived(open.fileId, { partNumber: 1, sizeBytes: 8 * 1024 ** 2 });

  const all = async (TableName: string) => (await dynamo.send(new ScanCommand({ TableName }))).Items ?? [];
  const { JOBS_TABLE, UPLOADS_TABLE, PROGRESS_TABLE, JOBS_QUEUE_URL, S3_BUCKET } = platform.config;
  const fixture = {
    bucket: S3_BUCKET,
    jobs: await all(JOBS_TABLE),
    uploads: await all(UPLOADS_TABLE),
    progress: await all(PROGRESS_TABLE),
    messages: (await receiveBodies(platform.aws.sqs, JOBS_QUEUE_URL)).map((body) => JSON.stringify(body)),
  };
  const plain = (_key: string, value: unknown) => (value instanceof Set ? [...value] : value);
  process.stdout.write(`${JSON.stringify(fixture, plain, 1)}\n`);

  /** A very long job that others have helped with, and whose worker has died. */
  async function inSegments(): Promise<void> {
    const { jobId } = await client.jobs.submit({ fileId, format: 'mp3', quality: '192k' });
    const claimed = await platform.transitions.claim(jobId, { owner: 'joins', leaseMs: 1, ability: ABILITY });
    if (claimed.kind !== 'claimed') throw new Error(`not claimed: ${claimed.kind}`);
    const plan = '0123456789abcdef01234567';
    await platform.segments.offer(claimed.claim, { plan, count: 4 }, undefined);
    const task = (index: number, as: 'joins' | 'helps') => ({
      jobId,
      plan,
      index,
      owner: `${as}-${index}`,
      as,
    });
    await platform.segments.take(task(0, 'joins'), 0, undefined);
    for (const index of [1, 2, 3]) await platform.segments.take(task(index, 'helps'), 1, undefined);
    await platform.segments.end(task(1, 'helps'), 'stored');
    await platform.segments.end(task(2, 'helps'), 'failed');
  }

  /** A job that a service failed, and that is to be tried again later. */
  async function putOff(): Promise<void> {
    const { jobId } = await client.jobs.submit({ fileId, format: 'wav' });
    const claimant = { owner: 'unlucky', leaseMs: 60_000, ability: ABILITY };
    const claimed = await platform.transitions.claim(jobId, claimant);
    if (claimed.kind !== 'claimed') throw new Error(`not claimed: ${claimed.kind}`);
    await platform.transitions.retryLater(claimed.claim, 1, 'STORAGE_UNAVAILABLE', {
      ...{ retries: 1, retriesBy: { DECODER_CRASHED: 1 } },
      ...{ troubledSince: Date.now() - 1, troubledAt: Date.now() },
    });
  }

  /** A job whose first message is not known to be on the queue, and is not. */
  async function unsent(): Promise<void> {
    const { jobId } = await client.jobs.submit({ fileId, format: 'm4a' });
    const job = await platform.jobs.get(jobId);
    if (job === undefined) throw new Error('gone');
    const record = { ...job, jobId: randomUUID(), unsent: true, dueAt: Date.now() };
    await dynamo.send(new PutCommand({ TableName: platform.config.JOBS_TABLE, Item: record }));
    await fetch(`${client.baseUrl}/api/jobs/${jobId}`, { method: 'DELETE' });
  }
} finally {
  await stand.stop();
}
