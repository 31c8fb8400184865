/** What we need of the bucket: pages of other origins may use it, and drops are told to the queue. */
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetBucketLifecycleConfigurationCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { readNotification } from '@wavefleet/platform/storage/s3-event.ts';
import { afterAll, beforeAll, expect } from 'vitest';
import { z } from 'zod';
import { Stand } from '../bring-up/stand.ts';
import { takeBodies } from './calls.ts';
import { behaviour } from './conforms.ts';

let stand: Stand;
let Bucket: string;
/** The first message of the drops queue. */
let first: unknown;
beforeAll(async () => {
  stand = await Stand.start();
  Bucket = stand.platform.objects.bucket;
  [first] = await drops(1);
});
afterAll(() => stand.stop());

const s3 = () => stand.platform.aws.s3;
const drops = (count: number) => takeBodies(stand.platform, stand.platform.config.DROPS_QUEUE_URL, count);
const recordsSchema = z.object({ Records: z.array(z.unknown()).length(1) });

behaviour('a preflight from any page is allowed, with the headers that it asks for', async () => {
  const { AWS_ENDPOINT_URL } = stand.platform.config;
  const answer = await fetch(`${AWS_ENDPOINT_URL}/${Bucket}/uploads/x`, {
    method: 'OPTIONS',
    headers: {
      origin: 'https://page.example',
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'content-type',
    },
  });
  expect(answer.ok).toBe(true);
  expect(['*', 'https://page.example']).toContain(answer.headers.get('access-control-allow-origin'));
  expect(answer.headers.get('access-control-allow-methods')).toContain('PUT');
  expect(answer.headers.get('access-control-allow-headers')?.toLowerCase()).toMatch(/content-type|\*/);
});

behaviour('a page reads a presigned object, and the headers that tell its size', async () => {
  await s3().send(new PutObjectCommand({ Bucket, Key: 'conversions/c/1.mp3', Body: 'sound' }));
  const as = { fileName: 'a.mp3', contentType: 'audio/mpeg' };
  const { url } = await stand.platform.objects.presignDownload('conversions/c/1.mp3', as, 60);
  const answer = await fetch(url, { headers: { origin: 'https://page.example', range: 'bytes=0-1' } });
  expect(answer.status).toBe(206);
  expect(['*', 'https://page.example']).toContain(answer.headers.get('access-control-allow-origin'));
  expect(answer.headers.get('access-control-expose-headers')?.toLowerCase()).toMatch(/content-range|\*/);
});

behaviour('the first message of a notified queue is the test event', async () => {
  expect(first).toMatchObject({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket });
});

behaviour('a drop is told with key, size, ETag and sequencer', async () => {
  await s3().send(new PutObjectCommand({ Bucket, Key: 'uploads/ignored', Body: 'x' }));
  await s3().send(new PutObjectCommand({ Bucket, Key: 'drops/flac/a b+ü 100%.wav', Body: 'abc' }));
  const [message] = await drops(1);
  const [record] = recordsSchema.parse(message).Records;
  expect(record).toMatchObject({
    eventSource: 'aws:s3',
    eventName: 'ObjectCreated:Put',
    s3: {
      bucket: { name: Bucket, arn: `arn:aws:s3:::${Bucket}` },
      object: {
        key: expect.stringMatching(/^drops\/flac\/a.*100%25\.wav$/),
        size: 3,
        eTag: '900150983cd24fb0d6963f7d28e17f72',
        sequencer: expect.stringMatching(/^[0-9A-Fa-f]+$/),
      },
    },
  });
  // As our intake reads it.
  expect(readNotification(message).created[0]?.key).toBe('drops/flac/a b+ü 100%.wav');
});

behaviour('a drop in parts is told once, when it is whole', async () => {
  const target = { Bucket, Key: 'drops/flac/parts.wav' };
  const { UploadId } = await s3().send(new CreateMultipartUploadCommand(target));
  const { ETag } = await s3().send(
    new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: Buffer.from('abc') }),
  );
  await s3().send(
    new CompleteMultipartUploadCommand({
      ...target,
      UploadId,
      MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] },
    }),
  );
  await s3().send(new PutObjectCommand({ Bucket, Key: 'drops/flac/after.wav', Body: 'x' }));
  const told = (await drops(2)).map((message) => recordsSchema.parse(message).Records[0]);
  expect(told).toMatchObject([
    {
      eventName: 'ObjectCreated:CompleteMultipartUpload',
      s3: { object: { key: 'drops/flac/parts.wav', size: 3 } },
    },
    { s3: { object: { key: 'drops/flac/after.wav' } } },
  ]);
});

const keyOf = async (Key: string) => {
  await s3().send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
  const schema = z.object({ s3: z.object({ object: z.object({ key: z.string() }) }) });
  return schema.parse(recordsSchema.parse((await drops(1))[0]).Records[0]).s3.object.key;
};
behaviour(
  'the key of a drop is encoded as HTML forms do it',
  async () => expect(await keyOf('drops/flac/a b+ü.wav')).toBe('drops/flac/a+b%2B%C3%BC.wav'),
  async () => expect(await keyOf('drops/flac/a b+ü.wav')).toBe('drops/flac/a%20b%2B%C3%BC.wav'),
);

behaviour(
  'two versions of one key are told with different sequencers',
  async () => expect((await sequencers()).size).toBe(2),
  async () => expect((await sequencers()).size).toBe(1),
);
async function sequencers(): Promise<Set<string>> {
  for (const Body of ['one', 'other']) {
    await s3().send(new PutObjectCommand({ Bucket, Key: 'drops/flac/twice.wav', Body }));
  }
  const object = z.object({
    s3: z.object({ object: z.object({ sequencer: z.string(), eTag: z.string() }) }),
  });
  const told = (await drops(2)).map(
    (message) => object.parse(recordsSchema.parse(message).Records[0]).s3.object,
  );
  expect(new Set(told.map(({ eTag }) => eTag)).size).toBe(2);
  return new Set(told.map(({ sequencer }) => sequencer));
}

behaviour('an empty object is told like any other', async () => {
  const { platform } = stand;
  await platform.objects.putBytes('drops/flac/empty.wav', Buffer.alloc(0), 'audio/wav');
  const [message] = await drops(1);
  expect(recordsSchema.parse(message).Records[0]).toMatchObject({
    s3: { object: { key: 'drops/flac/empty.wav', size: 0 } },
  });
});

behaviour('lifecycle rules come back as they were set', async () => {
  const { Rules = [] } = await s3().send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
  expect(Rules.find(({ Filter }) => Filter?.Prefix === 'conversions/')?.Expiration?.Days).toBe(30);
  expect(
    Rules.find(({ AbortIncompleteMultipartUpload }) => AbortIncompleteMultipartUpload)
      ?.AbortIncompleteMultipartUpload?.DaysAfterInitiation,
  ).toBe(2);
});
