/** The embedded S3, asked through the SDK. */
import { createHash, randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutBucketCorsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EmbeddedServices } from './services.testing.ts';

const MIB = 1024 ** 2;
const Bucket = 'objects';
let stack: EmbeddedServices;
beforeAll(async () => {
  stack = await EmbeddedServices.start();
  await stack.clients.s3.send(new CreateBucketCommand({ Bucket }));
});
afterAll(() => stack.stop());

const put = (Key: string, Body: Buffer | string, more = {}) =>
  stack.clients.s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const get = async (Key: string, more = {}) => {
  const answer = await stack.clients.s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
  return { ...answer, bytes: Buffer.from((await answer.Body?.transformToByteArray()) ?? []) };
};
const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('base64');

test('20 MiB in one PUT, read whole, in ranges, and after a restart', async () => {
  const bytes = randomBytes(20 * MIB);
  const Key = 'uploads/a b+ü (1)/../x.wav';
  const { ETag } = await put(Key, bytes, { ContentType: 'audio/wav', Metadata: { owner: 'me' } });
  expect(ETag).toBe(`"${createHash('md5').update(bytes).digest('hex')}"`);
  await stack.restart();

  const whole = await get(Key, { IfMatch: ETag });
  expect(hash(whole.bytes)).toBe(hash(bytes));
  expect(whole).toMatchObject({ ContentType: 'audio/wav', Metadata: { owner: 'me' }, AcceptRanges: 'bytes' });
  const middle = await get(Key, { Range: 'bytes=1000000-1000099' });
  expect(middle.bytes.equals(bytes.subarray(1_000_000, 1_000_100))).toBe(true);
  expect(middle.ContentRange).toBe(`bytes 1000000-1000099/${bytes.length}`);
  expect((await get(Key, { Range: 'bytes=-5' })).bytes.equals(bytes.subarray(-5))).toBe(true);
  expect((await get(Key, { Range: `bytes=${bytes.length - 1}-` })).ContentLength).toBe(1);

  await expect(get(Key, { Range: `bytes=${bytes.length}-` })).rejects.toThrow(/range/i);
  await expect(get(Key, { IfMatch: '"other"' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
  await expect(get('absent')).rejects.toMatchObject({ name: 'NoSuchKey' });
  const head = await stack.clients.s3.send(new HeadObjectCommand({ Bucket, Key }));
  expect(head).toMatchObject({ ContentLength: bytes.length, ETag });
});

test('wrong checksums are refused and leave nothing; right ones come back', async () => {
  const bytes = Buffer.from('abc');
  await expect(put('sum', bytes, { ChecksumSHA256: hash(Buffer.from('x')) })).rejects.toMatchObject({
    name: 'BadDigest',
  });
  await expect(get('sum')).rejects.toMatchObject({ name: 'NoSuchKey' });
  await put('sum', bytes, { ChecksumSHA256: hash(bytes) });
  expect((await get('sum', { ChecksumMode: 'ENABLED' })).ChecksumSHA256).toBe(hash(bytes));
});

test('a streamed body with a trailing checksum, as the SDK sends it by default', async () => {
  const s3 = new S3Client({ ...emulator(), requestChecksumCalculation: 'WHEN_SUPPORTED' });
  const bytes = randomBytes(3 * MIB);
  const Body = Readable.from([bytes.subarray(0, 100), bytes.subarray(100)]);
  await s3.send(new PutObjectCommand({ Bucket, Key: 'chunked', Body, ContentLength: bytes.length }));
  s3.destroy();
  const { bytes: back, ContentEncoding } = await get('chunked');
  expect(hash(back)).toBe(hash(bytes));
  expect(ContentEncoding).toBeUndefined();
});

test('If-None-Match: * keeps the first', async () => {
  await put('once', 'first', { IfNoneMatch: '*' });
  await expect(put('once', 'second', { IfNoneMatch: '*' })).rejects.toMatchObject({
    name: 'PreconditionFailed',
  });
  expect((await get('once')).bytes.toString()).toBe('first');
});

test('a presigned GET names file and type, and expires', async () => {
  await put('named', 'x');
  const command = new GetObjectCommand({
    Bucket,
    Key: 'named',
    ResponseContentDisposition: 'attachment; filename="ü.mp3"',
    ResponseContentType: 'audio/mpeg',
  });
  const answer = await fetch(await getSignedUrl(stack.clients.s3, command, { expiresIn: 60 }));
  expect(answer.headers.get('content-type')).toBe('audio/mpeg');
  expect(answer.headers.get('content-disposition')).toContain('attachment');
  const signingDate = new Date(Date.now() - 120_000);
  const old = await getSignedUrl(stack.clients.s3, command, { expiresIn: 60, signingDate });
  expect((await fetch(old)).status).toBe(403);
});

test('multipart: parts are listed, survive a restart, and become one object', async () => {
  const Key = 'uploads/multi';
  const parts = [randomBytes(5 * MIB), randomBytes(6 * MIB), randomBytes(100)];
  const { UploadId } = await stack.clients.s3.send(
    new CreateMultipartUploadCommand({ Bucket, Key, ContentType: 'audio/flac' }),
  );
  const send = (PartNumber: number, Body: Buffer) =>
    stack.clients.s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
  await send(1, Buffer.from('will be replaced'));
  for (const [index, body] of parts.entries()) await send(index + 1, body);
  await stack.restart();

  const { s3 } = stack.clients;
  const { Parts = [] } = await s3.send(new ListPartsCommand({ Bucket, Key, UploadId }));
  expect(Parts.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual(
    parts.map(({ length }, index) => [index + 1, length]),
  );
  const paged = await s3.send(
    new ListPartsCommand({ Bucket, Key, UploadId, MaxParts: 1, PartNumberMarker: '1' }),
  );
  expect(paged).toMatchObject({ IsTruncated: true, NextPartNumberMarker: '2' });
  const { Uploads } = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
  expect(Uploads).toMatchObject([{ Key, UploadId }]);
  const complete = (list: object[]) =>
    s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts: list } }));
  await expect(complete([...Parts].reverse())).rejects.toMatchObject({ name: 'InvalidPartOrder' });
  await expect(complete([{ PartNumber: 9, ETag: '"x"' }])).rejects.toMatchObject({ name: 'InvalidPart' });

  const chosen = Parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }));
  expect((await complete(chosen)).ETag).toMatch(/-3"$/);
  const whole = Buffer.concat(parts);
  const stored = await get(Key);
  expect(hash(stored.bytes)).toBe(hash(whole));
  expect(stored.ContentType).toBe('audio/flac');
  const across = await get(Key, { Range: `bytes=${5 * MIB - 10}-${11 * MIB + 9}` });
  expect(across.bytes.equals(whole.subarray(5 * MIB - 10, 11 * MIB + 10))).toBe(true);
  await expect(complete(chosen)).rejects.toMatchObject({ name: 'NoSuchUpload' });
});

test('an aborted upload is gone; an upload that breaks off leaves no object', async () => {
  const { s3 } = stack.clients;
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'gone' }));
  await s3.send(new AbortMultipartUploadCommand({ Bucket, Key: 'gone', UploadId }));
  await expect(s3.send(new ListPartsCommand({ Bucket, Key: 'gone', UploadId }))).rejects.toMatchObject({
    name: 'NoSuchUpload',
  });
  const address = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: 'broken' }));
  await new Promise<void>((resolve) => {
    const req = request(address, { method: 'PUT', headers: { 'content-length': 1000 } });
    req.on('error', () => resolve());
    req.write('half', () => req.destroy(new Error('gone')));
  });
  await expect(get('broken')).rejects.toMatchObject({ name: 'NoSuchKey' });
});

test('copies, lists and deletes', async () => {
  const { s3 } = stack.clients;
  await put('from/ü', 'copied', { ContentType: 'text/plain' });
  const CopySource = `${Bucket}/${encodeURIComponent('from/ü')}`;
  await s3.send(new CopyObjectCommand({ Bucket, Key: 'to/1', CopySource }));
  await put('to/2', '2');
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'from/ü' }));
  expect(await get('to/1')).toMatchObject({ ContentType: 'text/plain', bytes: Buffer.from('copied') });
  const list = () => s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'to/' }));
  expect((await list()).Contents?.map(({ Key }) => Key)).toEqual(['to/1', 'to/2']);
  await s3.send(
    new DeleteObjectsCommand({
      Bucket,
      Delete: { Objects: [{ Key: 'to/1' }, { Key: 'to/2' }], Quiet: true },
    }),
  );
  expect((await list()).KeyCount).toBe(0);
});

test('pages follow the order of code points, whatever the case', async () => {
  const keys = ['page/B', 'page/Z-1', 'page/Z/1', 'page/a', 'page/ä'];
  for (const key of [...keys].reverse()) await put(key, 'x');
  const listed: (string | undefined)[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await stack.clients.s3.send(
      new ListObjectsV2Command({ Bucket, Prefix: 'page/', MaxKeys: 2, ContinuationToken }),
    );
    listed.push(...(page.Contents ?? []).map(({ Key }) => Key));
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  expect(listed).toEqual(keys);
  const folders = await stack.clients.s3.send(
    new ListObjectsV2Command({ Bucket, Prefix: 'page/', Delimiter: '/' }),
  );
  expect(folders.CommonPrefixes).toEqual([{ Prefix: 'page/Z/' }]);
  expect(folders.KeyCount).toBe(5);
});

test('CORS: closed without a config, exact with one, kept over a restart', async () => {
  const preflight = (origin: string) =>
    fetch(`${stack.url}/${Bucket}/key`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'content-type',
      },
    });
  expect((await preflight('http://page:3000')).status).toBe(403);
  const rule = { AllowedOrigins: ['http://page:*'], AllowedMethods: ['PUT'], AllowedHeaders: ['*'] };
  const CORSConfiguration = { CORSRules: [{ ...rule, ExposeHeaders: ['ETag'] }] };
  await stack.clients.s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration }));
  await stack.restart();
  expect((await preflight('http://anyone')).status).toBe(403);
  expect((await preflight('http://page:3000')).status).toBe(204);
  const { s3 } = stack.clients;
  const address = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: 'cors' }));
  const send = (origin: string) => fetch(address, { method: 'PUT', body: 'x', headers: { origin } });
  expect((await send('http://anyone')).status).toBe(403);
  const sent = await send('http://page:3000');
  expect(sent.headers.get('access-control-expose-headers')).toBe('ETag');
  expect(sent.headers.get('etag')).toBeTruthy();
});

test('bucket settings come back; tagging, which fauxqs would store as the object, is refused', async () => {
  const { s3 } = stack.clients;
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Suspended' } }));
  expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe('Suspended');
  await put('tagged', 'bytes');
  const tagging = new PutObjectTaggingCommand({ Bucket, Key: 'tagged', Tagging: { TagSet: [] } });
  await expect(s3.send(tagging)).rejects.toMatchObject({ name: 'NotImplemented' });
  expect((await get('tagged')).bytes.toString()).toBe('bytes');
});

function emulator() {
  return { endpoint: stack.url, region: 'us-east-1', forcePathStyle: true, credentials: stack.keys };
}
