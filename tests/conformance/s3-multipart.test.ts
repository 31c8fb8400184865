/** What we need of S3's multipart uploads: resumable uploads of browsers, and streams of unknown length. */
import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, expect } from 'vitest';
import { Stand } from '../bring-up/stand.ts';
import { refusalOf } from './calls.ts';
import { behaviour } from './conforms.ts';

const MIB = 1024 ** 2;
let stand: Stand;
let Bucket: string;
beforeAll(async () => {
  stand = await Stand.start();
  Bucket = stand.platform.objects.bucket;
});
afterAll(() => stand.stop());

const s3 = () => stand.platform.aws.s3;
const create = async (Key: string) => {
  const { UploadId } = await s3().send(
    new CreateMultipartUploadCommand({ Bucket, Key, ContentType: 'audio/flac' }),
  );
  return { Bucket, Key, UploadId };
};
type Upload = Awaited<ReturnType<typeof create>>;
const send = (upload: Upload, PartNumber: number, Body: Buffer) =>
  s3().send(new UploadPartCommand({ ...upload, PartNumber, Body }));
const partsOf = async (upload: Upload, more = {}) =>
  await s3().send(new ListPartsCommand({ ...upload, ...more }));
const complete = async (upload: Upload, chosen?: { PartNumber: number; ETag: string }[]) => {
  const Parts =
    chosen ?? (await partsOf(upload)).Parts?.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }));
  return await s3().send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
};
const md5 = (data: Buffer) => createHash('md5').update(data);

behaviour('parts are listed with size and ETag, in pages; a part sent again replaces the first', async () => {
  const upload = await create('uploads/listed');
  const parts = [randomBytes(5 * MIB), randomBytes(5 * MIB), randomBytes(100)];
  await send(upload, 2, Buffer.from('will be replaced'));
  for (const [index, body] of parts.entries()) await send(upload, index + 1, body);
  const { Parts = [], IsTruncated } = await partsOf(upload);
  expect(IsTruncated).toBe(false);
  expect(Parts.map(({ PartNumber, Size, ETag }) => [PartNumber, Size, ETag])).toEqual(
    parts.map((body, index) => [index + 1, body.length, `"${md5(body).digest('hex')}"`]),
  );
  const page = await partsOf(upload, { MaxParts: 1, PartNumberMarker: '1' });
  expect(page.Parts?.map(({ PartNumber }) => PartNumber)).toEqual([2]);
  expect(page).toMatchObject({ IsTruncated: true, NextPartNumberMarker: '2' });
  await s3().send(new AbortMultipartUploadCommand(upload));
});

behaviour('parts of more than one page are all seen, once and in order', async () => {
  const { parts, aws } = stand.platform;
  const upload = await create('uploads/pages');
  const sizes = [10, 20, 30, 40, 50];
  for (const [index, size] of sizes.entries()) await send(upload, index + 1, randomBytes(size));
  // As S3 does from 1,000 parts on.
  aws.s3.middlewareStack.add(
    (next, { commandName }) =>
      async ({ input, ...rest }) =>
        await next({
          ...rest,
          input: commandName === 'ListPartsCommand' ? { ...input, MaxParts: 2 } : input,
        }),
    { name: 'twos', step: 'initialize' },
  );
  try {
    const listed = await parts.list({ key: upload.Key, multipartId: upload.UploadId ?? '' });
    expect(listed?.map(({ partNumber, sizeBytes }) => [partNumber, sizeBytes])).toEqual(
      sizes.map((size, index) => [index + 1, size]),
    );
  } finally {
    aws.s3.middlewareStack.remove('twos');
  }
  await s3().send(new AbortMultipartUploadCommand(upload));
});

behaviour('the completed object holds the parts in order, with their joint ETag and its type', async () => {
  const upload = await create('uploads/joined');
  const parts = [randomBytes(5 * MIB), randomBytes(100)];
  // Browsers send parts side by side.
  await Promise.all(parts.map((body, index) => send(upload, index + 1, body)));
  const joint = createHash('md5');
  for (const body of parts) joint.update(md5(body).digest());
  const expected = `"${joint.digest('hex')}-2"`;
  expect((await complete(upload)).ETag).toBe(expected);
  const { ContentType, ETag, Body } = await s3().send(
    new GetObjectCommand({ Bucket, Key: upload.Key, IfMatch: expected }),
  );
  expect([ContentType, ETag]).toEqual(['audio/flac', expected]);
  const whole = Buffer.from((await Body?.transformToByteArray()) ?? []);
  expect(whole.equals(Buffer.concat(parts))).toBe(true);
});

behaviour('a presigned part is taken from a page, which may read its ETag', async () => {
  const upload = await create('uploads/presigned');
  const body = randomBytes(1000);
  const command = new UploadPartCommand({ ...upload, PartNumber: 1 });
  const url = await getSignedUrl(stand.platform.aws.s3Public, command, { expiresIn: 60 });
  const answer = await fetch(url, { method: 'PUT', body, headers: { origin: 'https://page.example' } });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('etag')).toBe(`"${md5(body).digest('hex')}"`);
  expect(answer.headers.get('access-control-expose-headers')?.toLowerCase()).toMatch(/etag|\*/);
  expect((await complete(upload)).ETag).toMatch(/-1"$/);
});

const SMALL = [Buffer.alloc(1000), Buffer.alloc(1000)];
const joinSmall = async () => {
  const upload = await create('uploads/small-parts');
  for (const [index, body] of SMALL.entries()) await send(upload, index + 1, body);
  return await refusalOf(complete(upload));
};
behaviour(
  'a part below 5 MiB that is not the last is refused at the end',
  async () => expect(await joinSmall()).toBe('EntityTooSmall'),
  async () => expect(await joinSmall()).toBe('accepted'),
);

behaviour('a part that was never sent, or another ETag, is refused', async () => {
  const upload = await create('uploads/wrong-part');
  const { ETag = '' } = await send(upload, 1, Buffer.from('x'));
  expect(await refusalOf(complete(upload, [{ PartNumber: 9, ETag }]))).toBe('InvalidPart');
  const other = `"${'0'.repeat(32)}"`;
  expect(await refusalOf(complete(upload, [{ PartNumber: 1, ETag: other }]))).toBe('InvalidPart');
  expect(await refusalOf(complete(upload, [{ PartNumber: 1, ETag }]))).toBe('accepted');
});

behaviour('an aborted upload is gone, with its parts', async () => {
  const upload = await create('uploads/aborted');
  await send(upload, 1, Buffer.from('x'));
  await s3().send(new AbortMultipartUploadCommand(upload));
  expect(await refusalOf(partsOf(upload))).toBe('NoSuchUpload');
  expect(await refusalOf(send(upload, 2, Buffer.from('x')))).toBe('NoSuchUpload');
  // A removal may be repeated.
  await stand.platform.parts.abort({ key: upload.Key, multipartId: upload.UploadId ?? '' });
});

behaviour('uploads that were begun and not ended are listed', async () => {
  const upload = await create('uploads/begun');
  const { Uploads = [] } = await s3().send(
    new ListMultipartUploadsCommand({ Bucket, Prefix: 'uploads/begun' }),
  );
  expect(Uploads.map(({ Key, UploadId }) => ({ Bucket, Key, UploadId }))).toEqual([upload]);
  await s3().send(new AbortMultipartUploadCommand(upload));
});

behaviour('a stream that breaks off leaves neither object nor parts', async () => {
  async function* breaking() {
    yield Buffer.alloc(6 * MIB);
    yield Buffer.alloc(6 * MIB);
    throw new Error('the client is gone');
  }
  const { signal } = new AbortController();
  const body = Readable.from(breaking());
  const put = stand.platform.uploadWriter.file('uploads/broken', body, undefined, signal);
  await expect(put).rejects.toThrow('the client is gone');
  expect(await stand.platform.objects.head('uploads/broken')).toBeUndefined();
  const { Uploads = [] } = await s3().send(
    new ListMultipartUploadsCommand({ Bucket, Prefix: 'uploads/broken' }),
  );
  expect(Uploads).toEqual([]);
});
