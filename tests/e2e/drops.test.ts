/** Files dropped into S3: a job each, and a result file beside the drop. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { inputFormats } from '@wavefleet/contracts/input-formats.ts';
import { dropAndWait } from '@wavefleet/localstack/demo/drop.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { zeros } from '../bring-up/not-audio.ts';
import { Stand } from '../bring-up/stand.ts';

let stand: Stand;
let sample: string;

beforeAll(async () => {
  stand = await Stand.start();
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
])('%s becomes %s, and its result file says where', async (key, extension) => {
  const result = await drop(key);
  expect(result).toMatchObject({ status: 'completed', error: null });
  expect(result.outputKey).toBe(`conversions/${result.jobId}/1.${extension}`);
  const job = await stand.client.jobs.get(result.jobId ?? '');
  expect(job).toMatchObject({ status: 'completed', source: 'drop', fileName: key.split('/').at(-1) });
  await until('the event', async () => (await stand.events.drain()) && stand.events.of(job.jobId).length > 0);
  expect(stand.events.of(job.jobId)).toHaveLength(1);
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
  });
  const { jobs } = await stand.client.jobs.list({ limit: 100 });
  expect(jobs.filter(({ fileName }) => fileName === 'words.flac')).toEqual([]);
});

test('an unknown preset is told without making a job', async () => {
  const result = await drop('drops/mp3-999k/a.wav');
  expect(result).toMatchObject({ jobId: null, status: 'failed', error: { code: 'UNKNOWN_PRESET' } });
});

test('an empty drop fails as empty', async () => {
  const { S3_BUCKET: Bucket } = stand.env;
  const Key = 'drops/flac/empty.wav';
  await stand.platform.aws.s3.send(new PutObjectCommand({ Bucket, Key, ContentLength: 0 }));
  const job = await until('the job', async () => {
    const { jobs } = await stand.client.jobs.list({ status: 'failed' });
    return jobs.find(({ fileName }) => fileName === 'empty.wav');
  });
  expect(job.error?.code).toBe('EMPTY_FILE');
});

test('the same notification five times makes one job; test events, folders and foreign buckets make none', async () => {
  const before = (await stand.client.jobs.list({ limit: 100 })).jobs.length;
  const { S3_BUCKET = '', DROPS_QUEUE_URL: QueueUrl = '' } = stand.env;
  const Key = 'uploads/not-watched.wav';
  const { ETag = '' } = await stand.platform.aws.s3.send(
    new PutObjectCommand({ Bucket: S3_BUCKET, Key, Body: await readFile(sample) }),
  );
  const record = (bucket: string, key: string) => ({
    Records: [
      {
        eventName: 'ObjectCreated:Put',
        s3: {
          bucket: { name: bucket },
          object: { key, size: 176_444, eTag: ETag.replaceAll('"', ''), sequencer: '0A' },
        },
      },
    ],
  });
  const send = (body: unknown) =>
    stand.platform.aws.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(body) }));
  await send({ Service: 'Amazon S3', Event: 's3:TestEvent' });
  await send(record(S3_BUCKET, 'drops/flac/folder/'));
  await send(record(S3_BUCKET, 'conversions/x/1.mp3'));
  await send(record('somebody-elses', 'drops/flac/a.wav'));
  await send('not an event');
  for (let repeat = 0; repeat < 5; repeat += 1) await send(record(S3_BUCKET, 'drops/ogg-q5/gone.wav'));
  const job = await until('the one job', async () => {
    const { jobs } = await stand.client.jobs.list({ status: 'failed' });
    return jobs.find(({ fileName }) => fileName === 'gone.wav');
  });
  // The notification told of an object that is not there (any more).
  expect(job.error?.code).toBe('INPUT_MISSING');
  await drop('drops/flac/last.wav');
  expect((await stand.client.jobs.list({ limit: 100 })).jobs.length).toBe(before + 2);
});
