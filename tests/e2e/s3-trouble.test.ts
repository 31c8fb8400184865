/** S3 fails now and then, as it does: uploads and downloads do not notice. */
import { randomBytes } from 'node:crypto';
import { uploadedSchema } from '@wavefleet/contracts/http.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Call } from '../bring-up/proxy/call.ts';
import type { Effect } from '../bring-up/proxy/fault.ts';
import { FaultProxy } from '../bring-up/proxy/fault-proxy.ts';
import { Stand } from '../bring-up/stand.ts';
import { begunUploads, sha256, sha256OfUpload } from '../bring-up/stored-uploads.ts';
import { refusal } from './refusal.ts';

const MIB = 1024 ** 2;
const bytes = randomBytes(20 * MIB);
let api: Stand;
let s3: FaultProxy;
/** `PUT /bucket/key?query` of every call, in order. */
const calls: string[] = [];
const named = ({ method, path }: Call) => `${method} ${path}`;
beforeAll(async () => {
  api = await Stand.start();
  s3 = new FaultProxy(api.services.url);
  await api.restartApi({ AWS_ENDPOINT_URL: await s3.door('api') });
});
afterAll(async () => {
  await api.stop();
  await s3.stop();
});
beforeEach(() => fails(/never/));

/** From now on the first calls that match fail, one by one, and no others. */
function fails(which: RegExp, ...effects: Effect[]): void {
  s3.forget();
  calls.length = 0;
  s3.inject({ hits: (call) => calls.push(named(call)) < 0, effect: { kind: 'refuse' } });
  for (const effect of effects) s3.inject({ hits: (call) => which.test(named(call)), effect, times: 1 });
}
const error = (status: number, code: string): Effect => ({ kind: 'error', status, code });
const internal = error(500, 'InternalError');
const slowDown = error(503, 'SlowDown');
const reset: Effect = { kind: 'reset' };
const upload = (body: NonNullable<RequestInit['body']>, headers: Record<string, string> = {}) =>
  api.request('/api/upload-audio', { method: 'POST', body, headers, duplex: 'half' });

describe('a raw upload of several parts', () => {
  test.each([
    ['500 InternalError', internal],
    ['503 SlowDown', slowDown],
    ['a reset in the middle of a part', reset],
  ])('%s, three times in the middle of it: stored as sent', async (_, trouble) => {
    fails(/partNumber=2/, trouble, trouble, trouble);
    const response = await upload(bytes);
    expect(response.status).toBe(201);
    const { fileId } = uploadedSchema.parse(await response.json());
    expect(await sha256OfUpload(api.platform, fileId)).toBe(sha256(bytes));
    expect(calls.filter((call) => /partNumber=2/.test(call))).toHaveLength(4);
  });

  test('while it begins and while it is joined', async () => {
    fails(/^POST .*\?(uploads|uploadId)/, internal, internal);
    const response = await upload(bytes);
    expect(response.status).toBe(201);
    fails(/^POST .*uploadId/, slowDown);
    expect((await upload(bytes)).status).toBe(201);
  });

  test('joined, but the answer is lost: the object is there, and so is the upload', async () => {
    fails(/^POST .*uploadId/, { kind: 'cut', afterBytes: 1 });
    const response = await upload(bytes);
    expect(response.status).toBe(201);
    const { fileId } = uploadedSchema.parse(await response.json());
    expect(await sha256OfUpload(api.platform, fileId)).toBe(sha256(bytes));
    expect(calls.filter((call) => /^POST .*uploadId/.test(call))).toHaveLength(2);
  });

  test('S3 fails for good: 503 and when to come back, and no part stays', async () => {
    fails(/partNumber=2/, internal, internal, internal, internal);
    const response = await upload(bytes);
    expect(response.headers.get('retry-after')).toBe('5');
    expect(await refusal(response)).toBe('503 SERVICE_UNAVAILABLE');
    expect(await begunUploads(api.platform)).toEqual([]);
  });
});

test('a small upload, and a part of a chunked one, are sent again as well', async () => {
  fails(/^PUT .*uploads/, reset, slowDown);
  expect((await upload(bytes.subarray(0, 100_000))).status).toBe(201);
  const { fileId } = await api.client.uploads.begin({ fileName: 'a.wav', sizeBytes: 5 * MIB });
  fails(/partNumber=1/, internal, reset);
  const part = await api.request(`/api/uploads/${fileId}/parts/1`, {
    method: 'PUT',
    body: bytes.subarray(0, 5 * MIB),
  });
  expect(part.status).toBe(200);
  await api.client.uploads.complete(fileId);
  expect(await sha256OfUpload(api.platform, fileId)).toBe(sha256(bytes.subarray(0, 5 * MIB)));
});

describe('a download', () => {
  let jobId: string;
  beforeAll(async () => {
    jobId = await api.byHand.job();
    await api.byHand.complete(await api.byHand.claim(jobId), bytes);
  });
  const download = (headers: Record<string, string> = {}) =>
    api.request(`/api/download?jobId=${jobId}`, { headers });
  const gets = () => calls.filter((call) => /^GET .*conversions/.test(call)).length;

  test('S3 breaks off twice: the client gets every byte, and the length that was told', async () => {
    fails(/^GET .*conversions/, { kind: 'cut', afterBytes: 5 * MIB }, internal, {
      kind: 'cut',
      afterBytes: 3 * MIB,
    });
    const response = await download();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-length')).toBe(String(bytes.length));
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
    expect(gets()).toBe(4);
  });

  test('a range, too', async () => {
    fails(/^GET .*conversions/, { kind: 'cut', afterBytes: 100 });
    const response = await download({ range: `bytes=${MIB}-${3 * MIB}` });
    expect(response.status).toBe(206);
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes.subarray(MIB, 3 * MIB + 1))).toBe(true);
  });

  test('it breaks off for good: the connection does too, so that nobody takes it for the whole', async () => {
    fails(
      /^GET .*conversions/,
      { kind: 'cut', afterBytes: MIB },
      ...Array.from({ length: 8 }, () => internal),
    );
    const response = await download();
    expect(response.status).toBe(200);
    await expect(response.arrayBuffer()).rejects.toThrow();
  });

  test('S3 cannot be reached from the API: a link can be had all the same', async () => {
    fails(/conversions/, ...Array.from({ length: 4 }, () => internal));
    const { url } = await api.client.results.link(jobId);
    fails(/never/);
    expect(Buffer.from(await (await fetch(url)).arrayBuffer()).equals(bytes)).toBe(true);
  });
});
