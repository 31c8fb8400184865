/** Files dropped into S3: a job each, and a result file beside the drop. */
import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Client } from '@wavefleet/client/client.ts';
import { inputFormats } from '@wavefleet/contracts/input-formats.ts';
import type { Job } from '@wavefleet/contracts/job.ts';
import { dropResultKey } from '@wavefleet/contracts/keys.ts';
import { dropAndWait } from '@wavefleet/localstack/demo/drop.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { Quotas } from '@wavefleet/platform/plans/quotas.ts';
import { sendDropsAgain } from '@wavefleet/platform/upkeep/drops-again.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { zeros } from '../bring-up/not-audio.ts';
import { Stand } from '../bring-up/stand.ts';
import { refusal } from './refusal.ts';

let stand: Stand;
/** Of whose the drops are. */
let client: Client;
let sample: string;

beforeAll(async () => {
  stand = await Stand.start({
    env: {
      DROP_OWNERS: 'radio,studio=account-7,tight',
      PLANS: JSON.stringify({ small: { uploadBytes: 200_000, activeJobs: 1, minutesPerMonth: 1 } }),
      PLAN_OWNERS: 'tight=small',
    },
  });
  client = await stand.clientOf('drops');
  await stand.addWorker();
  sample = join(stand.dir, 'sample.wav');
  await makeSample(sample, { seconds: 1 });
});
afterAll(() => stand?.stop());

const drop = (key: string, path = sample) => dropAndWait(stand.env, path, key, 20_000);

test.each([
  ['drops/mp3-192k/a.wav', 'mp3'],
  ['drops/voice-mono-opus-32k/deep/er/Füße + 100% "live".wav', 'opus'],
  ['drops/wav-16/no-ending', 'wav'],
  ['drops/flac/a+b.wav', 'flac'],
  ['drops/flac/100%25.wav', 'flac'],
  ['drops/flac/two\nlines.wav', 'flac'],
  ['drops/flac/💫.wav', 'flac'],
  ['drops/flac/Fu\u0308ße.wav', 'flac'],
  ['drops/flac//twice.wav', 'flac'],
  ['drops/flac/-dash.wav', 'flac'],
])('%s becomes %s, and its result file says where', async (key, extension) => {
  const result = await drop(key);
  expect(result).toMatchObject({ status: 'completed', error: null });
  expect(result.outputKey).toBe(`conversions/${result.jobId}/1.${extension}`);
  const job = await client.jobs.get(result.jobId ?? '');
  // Control characters are no part of a name.
  const fileName = key.split('/').at(-1)?.replace('\n', '');
  expect(job).toMatchObject({ status: 'completed', source: 'drop', fileName });
  await until('the event', async () => (await stand.events.drain()) && stand.events.of(job.jobId).length > 0);
  expect(stand.events.of(job.jobId)).toHaveLength(1);
});

test.each([
  ['drops/radio/flac/hers.wav', 'radio'],
  ['drops/studio/flac/deep/hers.wav', 'account-7'],
  ['drops/flac/radio/nobodys.wav', 'drops'],
])('%s is the job of %s, whom the settings name', async (key, ownerId) => {
  const { jobId } = await drop(key);
  expect(await stand.platform.jobs.get(jobId ?? '')).toMatchObject({ ownerId, format: 'flac' });
  const theirs = await stand.clientOf(ownerId);
  expect(await theirs.jobs.get(jobId ?? '')).toMatchObject({ status: 'completed', source: 'drop' });
});

test('nobody sees the jobs of drops without a key of their owner, also not those of former versions', async () => {
  const { jobId } = await drop('drops/flac/private.wav');
  const { platform } = stand;
  const job = await platform.jobs.get(jobId ?? '');
  const ofBefore = { ...(job ?? expect.fail()), jobId: randomUUID(), ownerId: 'anonymous' };
  await platform.jobs.create(ofBefore);
  for (const id of [jobId ?? '', ofBefore.jobId]) {
    for (const [method, path] of [
      ['GET', `/api/jobs/${id}`],
      ['GET', `/api/download?jobId=${id}`],
      ['DELETE', `/api/jobs/${id}`],
    ] as const) {
      expect(await refusal(await stand.request(path, { method })), path).toBe('404 JOB_NOT_FOUND');
    }
  }
  expect((await stand.client.jobs.list({ limit: 100 })).jobs).toEqual([]);
  expect(await platform.jobs.get(ofBefore.jobId)).toEqual(ofBefore);
});

test('a backslash in a key is no end of a name that downloads have', async () => {
  const result = await drop('drops/flac/a\\b.wav');
  expect(await client.jobs.get(result.jobId ?? '')).toMatchObject({
    status: 'completed',
    fileName: 'b.wav',
  });
});

test('a drop that its worker does not recognise fails with its reason in the result file', async () => {
  const path = join(stand.dir, 'zeros.flac');
  await writeFile(path, zeros);
  const result = await drop('drops/flac/zeros.flac', path);
  expect(result).toMatchObject({ status: 'failed', outputKey: null, error: { code: 'UNRECOGNISED_FORMAT' } });
  expect(result.jobId).not.toBeNull();
});

test('a drop that starts as no audio does is refused at once, with what is taken, and without a job', async () => {
  await drop('drops/flac/words.flac', import.meta.filename);
  const { body } = await stand.platform.objects.open('results/flac/words.flac.json');
  expect(await json(body)).toEqual({
    jobId: null,
    status: 'failed',
    outputKey: null,
    error: {
      code: 'UNRECOGNISED_FORMAT',
      message: 'This is not an audio or video file that we recognise.',
      retryable: false,
      status: 400,
      detail: { found: 'text', supportedInputs: inputFormats },
    },
    warnings: [],
    etag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
    version: expect.stringMatching(/^[0-9a-f]{32}$/),
    sequencer: expect.stringMatching(/^[0-9A-F]{18}$/),
    eventTime: null,
  });
  const { jobs } = await client.jobs.list({ limit: 100 });
  expect(jobs.filter(({ fileName }) => fileName === 'words.flac')).toEqual([]);
});

test.each(['drops/mp3-999k/a.wav', 'drops/a.wav'])(
  'an unknown preset is told without making a job: %s',
  async (key) => {
    const result = await drop(key);
    expect(result).toMatchObject({ jobId: null, status: 'failed', error: { code: 'UNKNOWN_PRESET' } });
  },
);

test('the plan of its owner holds for a drop: what is too large or has no minutes left is told; how many of its jobs run is no matter', async () => {
  const { platform } = stand;
  const large = join(stand.dir, 'large.wav');
  await makeSample(large, { seconds: 2 });
  await drop('drops/tight/flac/large.wav', large);
  expect(await resultOf('drops/tight/flac/large.wav')).toMatchObject({
    ...{ jobId: null, status: 'failed' },
    error: { code: 'PLAN_UPLOAD_LIMIT', detail: { limitBytes: 200_000 } },
  });

  const { jobId } = await drop('drops/tight/flac/first.wav');
  const first = (await platform.jobs.get(jobId ?? '')) ?? expect.fail();
  // As many as the plan allows, ordered by requests: drops are no part of them.
  const quotas = new Quotas(platform);
  const active: Job = { ...first, jobId: randomUUID(), status: 'created', dueAt: Date.now() + 3_600_000 };
  await platform.jobs.create(active);
  await quotas.holdJob('tight', active.jobId);
  const beside = 'drops/tight/flac/beside.wav';
  expect(await drop(beside)).toMatchObject({ status: 'completed' });
  const taken = await resultOf(beside);
  expect(await quotas.heldBy('tight')).toEqual({ jobs: 1, bytes: 0 });
  await quotas.releaseJob('tight', active.jobId);
  const { sizeBytes: size, etag: eTag } = (await platform.objects.head(beside)) ?? expect.fail();
  const { sequencer } = taken;
  const told = { Records: [recordOf(beside, { size, eTag: eTag.replaceAll('"', ''), sequencer })] };

  await platform.usage.count({
    ...{ ...first, jobId: randomUUID() },
    input: first.input && { ...first.input, durationSeconds: 61 },
  });
  // Each of a name of its own: emulators tell two drops of the same bytes under one name apart by nothing.
  let tries = 0;
  const late = await until('the month to be used up', async () => {
    tries += 1;
    const key = `drops/tight/flac/late-${tries}.wav`;
    const { error } = await drop(key);
    return error?.code === 'MINUTES_LIMIT' ? key : undefined;
  });
  expect(await platform.objects.head(late)).toMatchObject({ sizeBytes: size });
  // What was taken before stays as it ended, however often it is told.
  await tell(told);
  await drop('drops/flac/after-the-month.wav');
  expect(await resultOf(beside)).toEqual(taken);
});

test('an empty drop fails as empty', async () => {
  const { S3_BUCKET: Bucket } = stand.env;
  const Key = 'drops/flac/empty.wav';
  await stand.platform.aws.s3.send(new PutObjectCommand({ Bucket, Key, ContentLength: 0 }));
  const job = await until('the job', async () => {
    const { jobs } = await client.jobs.list({ status: 'failed' });
    return jobs.find(({ fileName }) => fileName === 'empty.wav');
  });
  expect(job.error?.code).toBe('EMPTY_FILE');
});

/** One more drop of an object that is there already, told in the words of the test. */
async function tell(body: unknown): Promise<void> {
  await stand.platform.aws.sqs.send(
    new SendMessageCommand({ QueueUrl: stand.env.DROPS_QUEUE_URL, MessageBody: JSON.stringify(body) }),
  );
}
const recordOf = (key: string, object: object, more: object = {}, bucket = stand.env.S3_BUCKET) => ({
  eventName: 'ObjectCreated:Put',
  s3: { bucket: { name: bucket }, object: { key, ...object } },
  ...more,
});
async function resultOf(key: string): Promise<Record<string, unknown>> {
  const { body } = await stand.platform.objects.open(dropResultKey(key));
  return z.record(z.string(), z.unknown()).parse(await json(body));
}

test('an older drop that ends later leaves the result file of the newer one alone', async () => {
  const key = 'drops/flac/overtaken.wav';
  const newest = await drop(key);
  const before = await resultOf(key);
  expect(before).toMatchObject({ jobId: newest.jobId, status: 'completed' });
  const jobsOf = async () =>
    (await client.jobs.list({ limit: 100 })).jobs.filter(({ fileName }) => fileName === 'overtaken.wav');
  // Told late: the bytes of the older drop were replaced long ago, so that its job fails.
  const older = { size: 176_444, eTag: '0'.repeat(32), sequencer: '000000000000000001' };
  await tell({ Records: [recordOf(key, older)] });
  const late = await until('the older job', async () =>
    (await jobsOf()).find(({ jobId, status }) => jobId !== newest.jobId && status === 'failed'),
  );
  expect(late.error?.code).toBe('INPUT_CHANGED');
  await until(
    'it is told',
    async () => (await stand.events.drain()) && stand.events.of(late.jobId).length > 0,
  );
  expect(await resultOf(key)).toEqual(before);
  // One that is not known to be older, since its store makes no sequencers, has the last word.
  await tell({ Records: [recordOf(key, {}, { eventTime: '2026-11-01T10:00:00.000Z' })] });
  const told = await until('its result', async () => {
    const result = await resultOf(key);
    return result.sequencer === null ? result : undefined;
  });
  expect(told).toMatchObject({
    status: 'completed',
    eventTime: '2026-11-01T10:00:00.000Z',
    etag: before.etag,
  });
});

test('MinIO, EventBridge and SNS are understood, and one drop that is told by all of them makes one job', async () => {
  const { objects } = stand.platform;
  const path = 'drops/ogg-q5/told/every+way.wav';
  await stand.platform.aws.s3.send(
    new PutObjectCommand({ Bucket: objects.bucket, Key: 'uploads/told', Body: await readFile(sample) }),
  );
  const { etag, sizeBytes: size } = (await objects.head('uploads/told')) ?? {};
  const eTag = etag?.replaceAll('"', '');
  const sequencer = '0B';
  const minio = {
    Records: [
      recordOf(encodeURIComponent(path), { size, eTag, sequencer }, { eventName: 's3:ObjectCreated:Put' }),
    ],
  };
  const event = {
    source: 'aws.s3',
    'detail-type': 'Object Created',
    time: '2026-11-01T10:00:00Z',
    detail: { bucket: { name: objects.bucket }, object: { key: path, size, etag: eTag, sequencer } },
  };
  for (const body of [minio, event, { Type: 'Notification', Message: JSON.stringify(minio) }])
    await tell(body);
  const result = await until('the result', () => resultOf(path).catch(() => undefined));
  // Nothing lies under that key.
  expect(result).toMatchObject({ status: 'failed', error: { code: 'INPUT_MISSING' }, sequencer });
  await drop('drops/flac/after-all-of-them.wav');
  const { jobs } = await client.jobs.list({ limit: 100 });
  expect(jobs.filter(({ fileName }) => fileName === 'every+way.wav')).toHaveLength(1);
});

test('what cannot be read is put aside with its reason, and the rest of its message is done', async () => {
  const { DROPS_DLQ_URL = '' } = stand.env;
  await drop('drops/flac/beside.wav');
  const object = { size: 3, eTag: '0'.repeat(32), sequencer: '0C' };
  await tell({
    Records: [recordOf('drops/flac/100%.wav', object), recordOf('drops/no-preset/a.wav', object)],
  });
  await until('the readable record', () => resultOf('drops/no-preset/a.wav').catch(() => undefined));
  const aside = await until('the message', async () => {
    const { Messages = [] } = await stand.platform.aws.sqsPoll.send(
      new ReceiveMessageCommand({
        QueueUrl: DROPS_DLQ_URL,
        MessageAttributeNames: ['All'],
        WaitTimeSeconds: 1,
      }),
    );
    return Messages.find(({ Body }) => Body?.includes('100%.wav'));
  });
  expect(aside.MessageAttributes?.reason?.StringValue).toBe(
    'record 1: the key is not UTF-8 that is encoded as in a form',
  );
});

test('the same notification five times makes one job; test events, folders and foreign buckets make none', async () => {
  const before = (await client.jobs.list({ limit: 100 })).jobs.length;
  const { S3_BUCKET = '' } = stand.env;
  const Key = 'uploads/not-watched.wav';
  const { ETag = '' } = await stand.platform.aws.s3.send(
    new PutObjectCommand({ Bucket: S3_BUCKET, Key, Body: await readFile(sample) }),
  );
  const object = { size: 176_444, eTag: ETag.replaceAll('"', ''), sequencer: '0A' };
  const record = (bucket: string, key: string) => ({ Records: [recordOf(key, object, {}, bucket)] });
  await tell({ Service: 'Amazon S3', Event: 's3:TestEvent' });
  await tell(record(S3_BUCKET, 'drops/flac/folder/'));
  await tell(record(S3_BUCKET, 'conversions/x/1.mp3'));
  await tell(record('somebody-elses', 'drops/flac/a.wav'));
  await tell('not an event');
  for (let repeat = 0; repeat < 5; repeat += 1) await tell(record(S3_BUCKET, 'drops/ogg-q5/gone.wav'));
  const job = await until('the one job', async () => {
    const { jobs } = await client.jobs.list({ status: 'failed' });
    return jobs.find(({ fileName }) => fileName === 'gone.wav');
  });
  // The notification told of an object that is not there (any more).
  expect(job.error?.code).toBe('INPUT_MISSING');
  await drop('drops/flac/last.wav');
  expect((await client.jobs.list({ limit: 100 })).jobs.length).toBe(before + 2);
});

test('a drop that is told of again after its job was deleted makes none', async () => {
  const before = (await client.jobs.list({ limit: 100 })).jobs.length;
  const gone = 'told-after-deletion.wav';
  const record = recordOf(`drops/flac/${gone}`, { size: 3, eTag: '1'.repeat(32), sequencer: '0B' });
  await tell({ Records: [record] });
  const job = await until('its job', async () => {
    const { jobs } = await client.jobs.list({ status: 'failed' });
    return jobs.find(({ fileName }) => fileName === gone);
  });
  expect(await client.jobs.remove(job.jobId)).toBe('deleted');
  await tell({ Records: [record] });
  await drop('drops/flac/after-it.wav');
  expect((await client.jobs.list({ limit: 100 })).jobs.length).toBe(before + 1);
});

test('a notification that its queue gave up after days of trouble gets another round, five in all; others stay aside', async () => {
  const { platform, env } = stand;
  const { dropDeadLetters } = platform;
  for (const letter of await dropDeadLetters.look()) await dropDeadLetters.remove(letter);
  const key = 'drops/flac/days-later.wav';
  const drops = await drop(key);
  const object = { size: 3, eTag: '0'.repeat(32), sequencer: 'FF' };
  const body = JSON.stringify({ Records: [recordOf(key, object)] });
  // As SQS moves them: the message as it was, with its attributes.
  const bury = (attributes: Record<string, string>) =>
    platform.aws.sqs.send(
      new SendMessageCommand({
        QueueUrl: env.DROPS_DLQ_URL,
        MessageBody: body,
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([name, StringValue]) => [
            name,
            { DataType: 'String', StringValue },
          ]),
        ),
      }),
    );
  await bury({});
  await bury({ rounds: '5' });
  await bury({ reason: 'foreign bucket' });
  expect(await sendDropsAgain(platform)).toBe(1);
  const job = await until('the job of the notification', async () => {
    const { jobs } = await client.jobs.list({ limit: 100 });
    return jobs.find(({ fileName, jobId }) => fileName === 'days-later.wav' && jobId !== drops.jobId);
  });
  expect(job.source).toBe('drop');
  expect(await sendDropsAgain(platform)).toBe(0);
  const left = await dropDeadLetters.look();
  expect(left.map(({ rounds, isSetAside }) => [rounds, isSetAside]).sort()).toEqual([
    [0, true],
    [5, false],
  ]);
});
