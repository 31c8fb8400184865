/** What we need of S3's objects. Multipart uploads and the bucket's own behaviour are in files beside this one. */
import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { isMissing, isPreconditionFailed } from '@wavefleet/platform/aws/errors.ts';
import { afterAll, beforeAll, expect } from 'vitest';
import { Stand } from '../bring-up/stand.ts';
import { refusalOf } from './calls.ts';
import { behaviour } from './conforms.ts';

const MIB = 1024 ** 2;
const AWKWARD_KEY = 'uploads/ü ñ + 100% (1) "q" &=?#;,@\'/x~y.wav';

let stand: Stand;
let bytes: Buffer;
let etag: string;
beforeAll(async () => {
  stand = await Stand.start();
  bytes = randomBytes(6 * MIB);
  ({ etag } = await objects().putStreamed('uploads/whole', Readable.from([bytes]), {
    sizeBytes: bytes.length,
    contentType: 'audio/wav',
  }));
});
afterAll(() => stand.stop());

const objects = () => stand.platform.objects;
const sha256 = (data: Buffer) => createHash('sha256').update(data).digest('hex');
const putText = (key: string, body: string, sum = sha256(Buffer.from(body))) =>
  objects().putKnown(key, Readable.from([Buffer.from(body)]), {
    sizeBytes: Buffer.byteLength(body),
    sha256: sum,
    contentType: 'audio/mpeg',
  });
async function read(key: string, options: { range?: string; ifMatch?: string } = {}) {
  const { body, ...facts } = await objects().open(key, options);
  return { ...facts, bytes: Buffer.concat(await body.toArray()) };
}

behaviour('a streamed PUT of known length is stored as sent, and its ETag is the MD5', async () => {
  expect(etag).toBe(`"${createHash('md5').update(bytes).digest('hex')}"`);
  const whole = await read('uploads/whole');
  expect(whole).toMatchObject({ sizeBytes: bytes.length, etag, contentRange: undefined });
  expect(sha256(whole.bytes)).toBe(sha256(bytes));
  expect(await objects().head('uploads/whole')).toEqual({
    bucket: objects().bucket,
    key: 'uploads/whole',
    sizeBytes: bytes.length,
    etag,
  });
});

behaviour('a stream of unknown length becomes one object', async () => {
  const body = Readable.from([bytes, bytes]);
  const { signal } = new AbortController();
  const put = await stand.platform.uploadWriter.file('uploads/stream', body, undefined, signal);
  expect(put.etag).toBe((await objects().head('uploads/stream'))?.etag);
  const { sizeBytes, bytes: back } = await read('uploads/stream');
  expect(sizeBytes).toBe(2 * bytes.length);
  expect(sha256(back)).toBe(sha256(Buffer.concat([bytes, bytes])));
});

behaviour('a wrong SHA-256 is refused and nothing is stored', async () => {
  await putText('uploads/right', 'abc');
  expect(await refusalOf(putText('uploads/wrong', 'abc', sha256(Buffer.from('x'))))).toBe('BadDigest');
  expect(await objects().head('uploads/wrong')).toBeUndefined();
});

behaviour('If-Match lets the named version through and no other', async () => {
  expect((await read('uploads/whole', { ifMatch: etag, range: 'bytes=0-9' })).bytes.length).toBe(10);
  const other = await read('uploads/whole', { ifMatch: '"00000000000000000000000000000000"' }).catch(
    (error: unknown) => error,
  );
  expect(isPreconditionFailed(other)).toBe(true);
});

behaviour('a write that must be the first, or replace one version, is else refused', async () => {
  const key = 'results/conditional.json';
  expect(await objects().putJsonIf(key, 1, '"00000000000000000000000000000000"')).toBe(false);
  expect(await objects().putJsonIf(key, 1, undefined)).toBe(true);
  expect(await objects().putJsonIf(key, 2, undefined)).toBe(false);
  const first = (await objects().head(key))?.etag;
  expect(await objects().putJsonIf(key, 3, first)).toBe(true);
  expect(await objects().putJsonIf(key, 4, first)).toBe(false);
});

behaviour('ranges: from the middle, from an offset to the end, the last bytes', async () => {
  const total = bytes.length;
  for (const [range, first, last] of [
    ['bytes=1000000-1000099', 1_000_000, 1_000_099],
    [`bytes=${total - 3}-`, total - 3, total - 1],
    ['bytes=-5', total - 5, total - 1],
    [`bytes=10-${total + 10}`, 10, total - 1],
  ] as const) {
    const part = await read('uploads/whole', { range });
    expect(part.contentRange, range).toBe(`bytes ${first}-${last}/${total}`);
    expect(part.bytes.equals(bytes.subarray(first, last + 1)), range).toBe(true);
  }
});

behaviour('a range beyond the end is refused', async () => {
  await expect(read('uploads/whole', { range: `bytes=${bytes.length}-` })).rejects.toMatchObject({
    code: 'RANGE_INVALID',
  });
});

behaviour('what is not there is told by GET and by HEAD', async () => {
  const error = await read('uploads/absent').catch((thrown: unknown) => thrown);
  expect(isMissing(error)).toBe(true);
  expect(await objects().head('uploads/absent')).toBeUndefined();
});

behaviour('a presigned GET needs no credentials and names file and type', async () => {
  await putText('conversions/x/1.mp3', 'sound');
  const as = { fileName: 'Dvořák "№ 9".mp3', contentType: 'audio/mpeg' };
  const { url } = await objects().presignDownload('conversions/x/1.mp3', as, 60);
  const answer = await fetch(url);
  expect(answer.status).toBe(200);
  expect(await answer.text()).toBe('sound');
  expect(answer.headers.get('content-type')).toBe('audio/mpeg');
  expect(answer.headers.get('content-disposition')).toBe(
    `attachment; filename="Dvo__k __ 9_.mp3"; filename*=UTF-8''Dvo%C5%99%C3%A1k%20%22%E2%84%96%209%22.mp3`,
  );
});

behaviour('a presigned GET that somebody turned into a link to another object is refused', async () => {
  await putText('conversions/y/1.mp3', 'theirs');
  const as = { fileName: 'a.mp3', contentType: 'audio/mpeg' };
  const { url } = await objects().presignDownload('conversions/x/1.mp3', as, 60);
  expect((await fetch(url.replace('conversions/x/', 'conversions/y/'))).status).toBe(403);
});

behaviour('a key with every awkward character is stored, listed, read and deleted as it is', async () => {
  await putText(AWKWARD_KEY, 'awkward');
  expect(await text((await objects().open(AWKWARD_KEY)).body)).toBe('awkward');
  expect(await objects().list('uploads/ü')).toEqual([AWKWARD_KEY]);
  const { url } = await objects().presignDownload(
    AWKWARD_KEY,
    { fileName: 'a', contentType: 'audio/wav' },
    60,
  );
  expect(await (await fetch(url)).text()).toBe('awkward');
  await objects().remove([AWKWARD_KEY]);
  expect(await objects().list('uploads/ü')).toEqual([]);
});

const KEYS = ['B', 'Z-1', 'Z/1', 'a', 'ä', 'é'];
behaviour('listing goes in pages, in the order of code points', async () => {
  const keys = KEYS.slice(0, 4).map((name) => `page/${name}`);
  expect(await listInPages('page/', keys)).toEqual([keys.slice(0, 2), keys.slice(2)]);
});

const pagesBeyondAscii = () =>
  listInPages(
    'ümlaut/',
    KEYS.map((name) => `ümlaut/${name}`),
  );
behaviour(
  'pages may begin and end at any key',
  async () => expect((await pagesBeyondAscii()).flat()).toEqual(KEYS.map((name) => `ümlaut/${name}`)),
  async () => expect(await refusalOf(pagesBeyondAscii())).toBe('InternalError'),
);

/** The pages, two keys each, below a prefix where exactly `keys` are. */
async function listInPages(Prefix: string, keys: readonly string[]): Promise<(string | undefined)[][]> {
  for (const key of keys.toReversed()) await putText(key, 'x');
  const listed: (string | undefined)[][] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await stand.platform.aws.s3.send(
      new ListObjectsV2Command({ Bucket: objects().bucket, Prefix, MaxKeys: 2, ContinuationToken }),
    );
    listed.push((page.Contents ?? []).map(({ Key }) => Key));
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  return listed;
}

behaviour('deleting many at once counts absent keys as deleted', async () => {
  for (const key of ['gone/1', 'gone/2']) await putText(key, 'x');
  await objects().remove(['gone/1', 'gone/2', 'gone/never']);
  expect(await objects().list('gone/')).toEqual([]);
});
