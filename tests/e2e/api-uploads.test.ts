/** Uploads in parts: what is stored is what was sent, whatever the order, the repetitions and the restarts. */
import { randomBytes, randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { errorBodySchema, uploadedSchema } from '@wavefleet/contracts/http.ts';
import { uploadKey } from '@wavefleet/contracts/keys.ts';
import {
  type PartAddresses,
  partAddressesSchema,
  type UploadView,
  uploadViewSchema,
} from '@wavefleet/contracts/uploads.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { sweepUploads } from '@wavefleet/worker/upkeep/upload-sweeper.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callerOf, uploadOf } from '../bring-up/caller.ts';
import { disturb, loseAnswerOf } from '../bring-up/client-faults.ts';
import { cutOffWav } from '../bring-up/not-audio.ts';
import { Stand } from '../bring-up/stand.ts';
import { begunUploads, sha256, sha256OfUpload } from '../bring-up/stored-uploads.ts';
import { refusal, UNKNOWN_ID } from './refusal.ts';

const MIB = 1024 ** 2;
/** Small, so that "too large" is quickly made; of a few parts. */
const LIMIT_BYTES = 24 * 1024 ** 2;
let api: Stand;
beforeAll(async () => {
  api = await Stand.start({
    env: { MAX_UPLOAD_BYTES: String(MIB), MAX_RESUMABLE_UPLOAD_BYTES: String(LIMIT_BYTES) },
  });
});
afterAll(() => api.stop());

const at = (fileId: string, rest = '') => `/api/uploads/${fileId}${rest}`;

async function begin(sizeBytes: number, more: object = {}): Promise<UploadView> {
  const response = await api.postJson('/api/uploads', { fileName: 'long song.flac', sizeBytes, ...more });
  expect(response.status).toBe(201);
  return uploadViewSchema.parse(await response.json());
}
async function look(fileId: string): Promise<UploadView> {
  const response = await api.request(at(fileId));
  expect(response.status).toBe(200);
  return uploadViewSchema.parse(await response.json());
}
async function addresses(fileId: string, partNumbers: number[]): Promise<PartAddresses> {
  const response = await api.postJson(at(fileId, '/parts'), { partNumbers });
  expect(response.status).toBe(200);
  return partAddressesSchema.parse(await response.json());
}
function slice(bytes: Buffer<ArrayBuffer>, upload: UploadView, partNumber: number): Buffer<ArrayBuffer> {
  return bytes.subarray((partNumber - 1) * upload.partSizeBytes, partNumber * upload.partSizeBytes);
}
const putPart = (fileId: string, partNumber: number, body: Buffer<ArrayBuffer>) =>
  api.request(at(fileId, `/parts/${partNumber}`), { method: 'PUT', body });
const complete = (fileId: string) => api.request(at(fileId, '/complete'), { method: 'POST' });
async function completed(fileId: string) {
  const response = await complete(fileId);
  expect(response.status).toBe(200);
  return uploadedSchema.parse(await response.json());
}

const storedSha256 = (fileId: string) => sha256OfUpload(api.platform, fileId);
const begunInS3 = () => begunUploads(api.platform);

/** A small upload with all its parts there. */
async function sent(bytes: Buffer<ArrayBuffer> = randomBytes(100)): Promise<UploadView> {
  const upload = await begin(bytes.length);
  for (const part of upload.missing) {
    const response = await putPart(upload.fileId, part, slice(bytes, upload, part));
    expect(response.status).toBe(200);
  }
  return upload;
}

describe('a whole file', () => {
  test('20 MB straight to S3, the last part first: joined in order, and fit for a job', async () => {
    const bytes = randomBytes(20 * MIB);
    const upload = await begin(bytes.length, { fingerprint: 'long song.flac|20971520|1' });
    expect(upload).toMatchObject({
      state: 'uploading',
      partSizeBytes: 8 * MIB,
      partCount: 3,
      mode: 'direct',
      fingerprint: 'long song.flac|20971520|1',
      parts: [],
      missing: [1, 2, 3],
      receivedBytes: 0,
    });
    const { mode, parts } = await addresses(upload.fileId, [3, 1, 2]);
    expect(mode).toBe('direct');
    for (const { partNumber, sizeBytes, url } of parts) {
      const signed = new URL(url).searchParams;
      // The exact size is part of the signature, and no sum of an empty body is.
      expect(signed.get('X-Amz-SignedHeaders')?.split(';')).toContain('content-length');
      expect([...signed.keys()].filter((key) => /checksum/i.test(key))).toEqual([]);
      const body = slice(bytes, upload, partNumber);
      expect(body.length).toBe(sizeBytes);
      expect((await fetch(url, { method: 'PUT', body })).status).toBe(200);
    }
    expect(await look(upload.fileId)).toMatchObject({ missing: [], receivedBytes: bytes.length });
    const answer = await completed(upload.fileId);
    expect(answer).toMatchObject({
      fileId: upload.fileId,
      sizeBytes: bytes.length,
      fileName: 'long song.flac',
    });
    expect(await storedSha256(upload.fileId)).toBe(sha256(bytes));
    expect(await look(upload.fileId)).toMatchObject({
      state: 'complete',
      expiresAt: null,
      partCount: 3,
      missing: [],
      receivedBytes: bytes.length,
    });
    const record = await api.platform.uploads.getOwned(upload.fileId, 'anonymous');
    expect(record.ttl * 1000).toBeGreaterThan(Date.now() + 50 * 86_400_000);
    expect((await api.postJson('/api/jobs', { fileId: upload.fileId, format: 'mp3' })).status).toBe(202);
  });

  test('through the API where browsers cannot reach S3, parts side by side, one of them twice', async () => {
    await api.restartApi({ S3_BROWSER_ACCESS: 'false' });
    try {
      const bytes = randomBytes(17 * MIB);
      const upload = await begin(bytes.length);
      expect(upload.mode).toBe('proxy');
      const { mode, parts } = await addresses(upload.fileId, upload.missing);
      expect(mode).toBe('proxy');
      expect(parts.map(({ url }) => url)).toEqual([1, 2, 3].map((n) => at(upload.fileId, `/parts/${n}`)));
      expect((await putPart(upload.fileId, 2, randomBytes(8 * MIB))).status).toBe(200);
      await Promise.all(
        parts.map(async ({ partNumber, sizeBytes, url }) => {
          const response = await api.request(url, { method: 'PUT', body: slice(bytes, upload, partNumber) });
          expect(await response.json()).toEqual({ partNumber, sizeBytes });
        }),
      );
      await completed(upload.fileId);
      expect(await storedSha256(upload.fileId)).toBe(sha256(bytes));
    } finally {
      await api.restartApi();
    }
  });

  test('goes on after the API was restarted, from the parts that are there', async () => {
    const bytes = randomBytes(20 * MIB);
    const upload = await begin(bytes.length);
    await putPart(upload.fileId, 2, slice(bytes, upload, 2));
    await api.restartApi();
    const resumed = await look(upload.fileId);
    expect(resumed).toMatchObject({
      missing: [1, 3],
      parts: [{ partNumber: 2, sizeBytes: 8 * MIB }],
      receivedBytes: 8 * MIB,
      expiresAt: upload.expiresAt,
    });
    for (const part of resumed.missing) await putPart(upload.fileId, part, slice(bytes, upload, part));
    await completed(upload.fileId);
    expect(await storedSha256(upload.fileId)).toBe(sha256(bytes));
  });

  test('of one byte, and of exactly the limit', async () => {
    // A byte that no text has: 94 of the 256 would be refused at the first look, as letters and signs are.
    expect(await completed((await sent(Buffer.from([0xff]))).fileId)).toMatchObject({ sizeBytes: 1 });
    expect(await begin(LIMIT_BYTES)).toMatchObject({ partCount: 3, missing: [1, 2, 3] });
  });

  test('sent in one request, it is looked at in the same way', async () => {
    const fileId = await api.byHand.upload();
    expect(await look(fileId)).toMatchObject({ state: 'complete', partCount: 1, missing: [] });
    expect(await completed(fileId)).toMatchObject({ fileId, fileName: 'song.wav' });
  });
});

describe('finishing', () => {
  test('with parts missing: they are named; a part of the wrong size counts as missing', async () => {
    const upload = await begin(20 * MIB);
    const { parts } = await addresses(upload.fileId, [1, 2]);
    for (const [index, bytes] of [8 * MIB, 6 * MIB].entries()) {
      // The embedded S3 checks no signatures, so the short part gets in, as a tampered one might.
      await fetch(parts[index]?.url ?? '', { method: 'PUT', body: Buffer.alloc(bytes) });
    }
    const response = await complete(upload.fileId);
    expect(response.status).toBe(409);
    const { code, detail } = errorBodySchema.parse(await response.json()).error;
    expect({ code, detail }).toEqual({
      code: 'UPLOAD_INCOMPLETE',
      detail: { missing: [2, 3], missingCount: 2 },
    });
    expect(await look(upload.fileId)).toMatchObject({ missing: [2, 3], receivedBytes: 8 * MIB });
    const submit = await api.postJson('/api/jobs', { fileId: upload.fileId, format: 'mp3' });
    expect(await refusal(submit)).toBe('409 UPLOAD_INCOMPLETE');
  });

  test('twice, and twenty times at once: one answer', async () => {
    const { fileId } = await sent();
    const answers = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const response = await complete(fileId);
        return `${response.status} ${await response.text()}`;
      }),
    );
    const again = await complete(fileId);
    expect(new Set([...answers, `${again.status} ${await again.text()}`]).size).toBe(1);
    expect(answers[0]).toMatch(/^200 /);
  });

  test('after the parts were joined and the answer was lost', async () => {
    const bytes = randomBytes(100);
    const { fileId } = await sent(bytes);
    const record = await api.platform.uploads.getAnyOwned(fileId, 'anonymous');
    if (record.state !== 'uploading') throw new Error('finished already');
    await api.platform.parts.complete(record, (await api.platform.parts.list(record)) ?? []);
    expect(await look(fileId)).toMatchObject({ state: 'uploading', missing: [], receivedBytes: 100 });
    expect(await refusal(await putPart(fileId, 1, bytes))).toBe('404 UPLOAD_NOT_FOUND');
    expect(await completed(fileId)).toMatchObject({ fileId, sizeBytes: 100 });
    expect(await storedSha256(fileId)).toBe(sha256(bytes));
  });

  test('while it becomes an account’s, and the answer of the table is lost: record and bytes stay', async () => {
    const ann = callerOf(api);
    const fileId = await uploadOf(await ann.begin(cutOffWav.length));
    await ann.request(at(fileId, '/parts/1'), { method: 'PUT', body: cutOffWav });
    const { uploads, belongings, aws } = api.platform;
    const { ownerId } = (await uploads.get(fileId)) ?? expect.fail();
    const account = `account:${randomUUID()}`;
    const wasLost = loseAnswerOf(aws.dynamo, '#state = :complete', async () => {
      await belongings.move(ownerId, account);
    });
    const answer = await ann.request(at(fileId, '/complete'), { method: 'POST' });
    expect(wasLost()).toBe(true);
    // Nobody’s that asks: it is the account’s.
    expect(await refusal(answer)).toBe('404 UPLOAD_NOT_FOUND');
    expect(await uploads.get(fileId)).toMatchObject({ state: 'complete', ownerId: account });
    expect(await storedSha256(fileId)).toBe(sha256(cutOffWav));
  });

  test('no more parts are taken afterwards', async () => {
    const { fileId } = await sent();
    await completed(fileId);
    expect(await refusal(await putPart(fileId, 1, randomBytes(100)))).toBe('409 UPLOAD_COMPLETE');
    expect(await refusal(await api.postJson(at(fileId, '/parts'), { partNumbers: [1] }))).toBe(
      '409 UPLOAD_COMPLETE',
    );
  });

  test('after it was given up by somebody who then died: what was joined does not stay', async () => {
    const { fileId } = await sent();
    const { removals } = api.platform.uploads;
    const bury = async () => void (await removals.buryUnfinished(fileId));
    let isBuried = false;
    disturb(api.platform.aws.s3, (command) => {
      if (command !== 'HeadObjectCommand' || isBuried) return undefined;
      isBuried = true;
      return { loseAfter: bury };
    });
    expect(await refusal(await complete(fileId))).toBe('404 UPLOAD_NOT_FOUND');
    expect(isBuried).toBe(true);
    expect(await api.platform.objects.head(uploadKey(fileId, 'long song.flac'))).toBeUndefined();
  });

  test.each(['finishing', 'giving up'] as const)(
    'stopped before any of its calls for the other: %s leaves it finished or gone, never half',
    async (stopped) => {
      const acts = {
        finishing: complete,
        'giving up': (fileId: string) => api.request(at(fileId), { method: 'DELETE' }),
      };
      const statuses = { finishing: [200, 404], 'giving up': [204, 404] };
      const other = stopped === 'finishing' ? 'giving up' : 'finishing';
      const { s3, dynamo } = api.platform.aws;
      for (let before = 0, isReached = true; isReached; before += 1) {
        const { fileId } = await sent();
        let calls = 0;
        let meanwhile: Promise<Response> | undefined;
        const passAfter = async () => {
          meanwhile = acts[other](fileId);
          await meanwhile;
        };
        for (const client of [s3, dynamo])
          disturb(client, () => (calls++ === before ? { passAfter } : undefined));
        const first = await acts[stopped](fileId);
        for (const client of [s3, dynamo]) disturb(client, () => undefined);
        isReached = meanwhile !== undefined;
        const second = await (meanwhile ?? acts[other](fileId));
        expect(statuses[stopped]).toContain(first.status);
        expect(statuses[other]).toContain(second.status);
        const after = await api.request(at(fileId));
        const object = await api.platform.objects.head(uploadKey(fileId, 'long song.flac'));
        expect([before, object === undefined]).toEqual([before, after.status === 404]);
      }
    },
  );
});

test('the record tells how far an upload is: part by part through the API, at the next look when they go to S3', async () => {
  const bytes = randomBytes(10 * MIB);
  const upload = await begin(bytes.length);
  const { fileId } = upload;
  const record = async () => await api.platform.uploads.getAnyOwned(fileId, 'anonymous');
  expect(await record()).toMatchObject({ uploadedSize: 0, totalChunks: 2, completedChunks: 0 });
  const [address] = (await addresses(fileId, [1])).parts;
  await fetch(address?.url ?? '', { method: 'PUT', body: slice(bytes, upload, 1) });
  await look(fileId);
  expect(await record()).toMatchObject({
    ...{ uploadedSize: 8 * MIB, completedChunks: 1, parts: new Set([1]) },
  });
  for (let times = 0; times < 2; times += 1) await putPart(fileId, 2, slice(bytes, upload, 2));
  const full = await record();
  expect(full).toMatchObject({ uploadedSize: bytes.length, completedChunks: 2, parts: new Set([1, 2]) });
  expect(Date.parse(full.updatedAt ?? '')).toBeGreaterThan(Date.parse(full.createdAt));
  await completed(fileId);
  const { parts, ...finished } = { parts: undefined, ...(await record()) };
  expect(parts).toBeUndefined();
  expect(finished).toMatchObject({ uploadedSize: bytes.length, totalChunks: 2, completedChunks: 2 });
});

describe('giving up', () => {
  test('leaves nothing in S3', async () => {
    const { fileId } = await sent();
    expect(await begunInS3()).toContain(uploadKey(fileId, 'long song.flac'));
    expect((await api.request(at(fileId), { method: 'DELETE' })).status).toBe(204);
    expect(await begunInS3()).not.toContain(uploadKey(fileId, 'long song.flac'));
    for (const answer of [
      await api.request(at(fileId)),
      await complete(fileId),
      await putPart(fileId, 1, randomBytes(100)),
      await api.request(at(fileId), { method: 'DELETE' }),
    ]) {
      expect(await refusal(answer)).toBe('404 UPLOAD_NOT_FOUND');
    }
  });

  test('by clean-up as well', async () => {
    const { fileId } = await sent();
    expect(await (await api.postJson('/api/cleanup', { fileId })).json()).toEqual({ deletedObjects: 0 });
    expect(await begunInS3()).not.toContain(uploadKey(fileId, 'long song.flac'));
  });

  test('a finished upload goes with its bytes, but not from under an active job', async () => {
    const { fileId } = await sent();
    await completed(fileId);
    const jobId = await api.byHand.job(fileId);
    const remove = () => api.request(at(fileId), { method: 'DELETE' });
    expect(await refusal(await remove())).toBe('409 JOB_ACTIVE');
    await api.byHand.fail(await api.byHand.claim(jobId));
    expect((await remove()).status).toBe(204);
    expect(await api.platform.objects.head(uploadKey(fileId, 'long song.flac'))).toBeUndefined();
  });

  test('an expired upload looks like one that never was, and the sweep takes it away', async () => {
    const [old, young] = [await sent(), await sent()];
    const { uploads, config } = api.platform;
    const record = await uploads.getAnyOwned(old.fileId, 'anonymous');
    if (record.state !== 'uploading') throw new Error('finished already');
    const keptMs = Date.parse(record.expiresAt) - Date.parse(record.createdAt);
    expect(keptMs).toBe(config.UPLOAD_EXPIRY_HOURS * 3_600_000);
    await uploads.create({ ...record, expiresAt: new Date(Date.now() - 1).toISOString() });
    const unknown = await api.request(at(UNKNOWN_ID));
    expect(await withoutId(await api.request(at(old.fileId)))).toBe(await withoutId(unknown));
    expect(await refusal(await putPart(old.fileId, 1, randomBytes(100)))).toBe('404 UPLOAD_NOT_FOUND');
    expect(await refusal(await complete(old.fileId))).toBe('404 UPLOAD_NOT_FOUND');

    expect(await sweepUploads(api.platform, Date.parse(old.createdAt) - 60_000)).toBe(0);
    expect(await begunInS3()).toContain(uploadKey(old.fileId, 'long song.flac'));
    // S3 says in whole seconds when an upload was begun.
    const borderMs = Math.floor(Date.now() / 1000) * 1000 + 1000;
    await until('the next second has begun', () => Date.now() >= borderMs);
    const late = await sent();
    expect(await sweepUploads(api.platform, borderMs)).toBeGreaterThanOrEqual(2);
    const left = await begunInS3();
    expect(left).not.toContain(uploadKey(old.fileId, 'long song.flac'));
    expect(left).not.toContain(uploadKey(young.fileId, 'long song.flac'));
    expect(left).toContain(uploadKey(late.fileId, 'long song.flac'));
    expect(await completed(late.fileId)).toMatchObject({ sizeBytes: 100 });
  });
});

/** The whole answer but for the id of the request. */
async function withoutId(response: Response): Promise<string> {
  return `${response.status} ${(await response.text()).replace(/"requestId":"[^"]+"/, '')}`;
}

describe('refused', () => {
  const post = (body: object) => api.postJson('/api/uploads', { fileName: 'a.wav', sizeBytes: 5, ...body });

  test.each([
    [{ sizeBytes: 0 }, '422 EMPTY_FILE'],
    [{ sizeBytes: LIMIT_BYTES + 1 }, '413 UPLOAD_TOO_LARGE'],
    [{ sizeBytes: -1 }, '400 VALIDATION_ERROR'],
    [{ sizeBytes: 1.5 }, '400 VALIDATION_ERROR'],
    [{ sizeBytes: 1e300 }, '400 VALIDATION_ERROR'],
    [{ sizeBytes: '5' }, '400 VALIDATION_ERROR'],
    [{ fileName: 7 }, '400 VALIDATION_ERROR'],
    [{ key: 'uploads/other' }, '400 VALIDATION_ERROR'],
    [{ fingerprint: 'x'.repeat(513) }, '400 VALIDATION_ERROR'],
  ])('to begin with %j: %s', async (body, answer) => {
    const before = (await begunInS3()).length;
    expect(await refusal(await post(body))).toBe(answer);
    expect((await begunInS3()).length).toBe(before);
  });

  test('the limit is told', async () => {
    const { detail } = errorBodySchema.parse(await (await post({ sizeBytes: 1e12 })).json()).error;
    expect(detail).toEqual({ limitBytes: LIMIT_BYTES });
  });

  test.each([
    [[0], '422 INVALID_PART_NUMBER'],
    [[3], '422 INVALID_PART_NUMBER'],
    [[1, 2, 3], '422 INVALID_PART_NUMBER'],
    [[1.5], '400 VALIDATION_ERROR'],
    [['1'], '400 VALIDATION_ERROR'],
    [[], '400 VALIDATION_ERROR'],
    [Array.from({ length: 101 }, () => 1), '400 VALIDATION_ERROR'],
  ])('addresses for %j: %s', async (partNumbers, answer) => {
    const { fileId } = await begin(10 * MIB);
    expect(await refusal(await api.postJson(at(fileId, '/parts'), { partNumbers }))).toBe(answer);
  });

  test.each([
    ['0', 8 * MIB, '422 INVALID_PART_NUMBER'],
    ['3', 8 * MIB, '422 INVALID_PART_NUMBER'],
    ['99999', 8 * MIB, '422 INVALID_PART_NUMBER'],
    ['1', 8 * MIB - 1, '422 WRONG_PART_SIZE'],
    ['1', 8 * MIB + 1, '422 WRONG_PART_SIZE'],
    ['2', 8 * MIB, '422 WRONG_PART_SIZE'],
    ['1', 0, '422 WRONG_PART_SIZE'],
    ['x', 5, '400 VALIDATION_ERROR'],
    ['-1', 5, '400 VALIDATION_ERROR'],
    ['1e3', 5, '400 VALIDATION_ERROR'],
  ])('part %s with %i bytes: %s', async (part, bytes, answer) => {
    const { fileId } = await begin(10 * MIB);
    const response = await api.request(at(fileId, `/parts/${part}`), {
      method: 'PUT',
      body: Buffer.alloc(bytes),
    });
    expect(await refusal(response)).toBe(answer);
    expect(await look(fileId)).toMatchObject({ parts: [] });
  });

  test('a part without a length', async () => {
    const { fileId } = await begin(5);
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new Uint8Array(5));
        controller.close();
      },
    });
    const response = await api.request(at(fileId, '/parts/1'), { method: 'PUT', body, duplex: 'half' });
    expect(await refusal(response)).toBe('422 WRONG_PART_SIZE');
  });

  test('a part whose sender hangs up is not there, and can be sent again', async () => {
    const bytes = randomBytes(5 * MIB);
    const { fileId } = await begin(bytes.length);
    const sending = request({
      port: api.port,
      host: '127.0.0.1',
      path: at(fileId, '/parts/1'),
      method: 'PUT',
      headers: { 'content-length': bytes.length },
    });
    sending.on('error', () => undefined);
    sending.write(bytes.subarray(0, 3 * MIB));
    await until('some of it was sent', () => (sending.socket?.bytesWritten ?? 0) > MIB);
    const closed = new Promise((resolve) => sending.once('close', resolve));
    sending.destroy();
    await closed;
    expect(await look(fileId)).toMatchObject({ missing: [1], receivedBytes: 0 });
    expect((await putPart(fileId, 1, bytes)).status).toBe(200);
    await completed(fileId);
    expect(await storedSha256(fileId)).toBe(sha256(bytes));
  });

  test.each([
    ['x', '404 UPLOAD_NOT_FOUND'],
    ['x'.repeat(129), '400 INVALID_ID'],
    ['..%2f', '400 INVALID_ID'],
    ['%00', '400 INVALID_ID'],
    ['__proto__', '400 INVALID_ID'],
    [UNKNOWN_ID, '404 UPLOAD_NOT_FOUND'],
  ])('the id %s, everywhere: %s', async (id, answer) => {
    for (const [method, rest] of [
      ['GET', ''],
      ['DELETE', ''],
      ['POST', '/complete'],
      ['PUT', '/parts/1'],
    ] as const) {
      expect(await refusal(await api.request(at(id, rest), { method }))).toBe(answer);
    }
    expect(await refusal(await api.postJson(at(id, '/parts'), { partNumbers: [1] }))).toBe(answer);
  });
});
