/** What certainly is neither audio nor video is refused by its first bytes, however it comes. Nothing of it stays. */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { errorBodySchema } from '@wavefleet/contracts/http.ts';
import { inputFormats } from '@wavefleet/contracts/input-formats.ts';
import { partAddressesSchema, uploadViewSchema } from '@wavefleet/contracts/uploads.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Stand } from '../bring-up/stand.ts';
import { begunUploads } from '../bring-up/stored-uploads.ts';
import { refusal } from './refusal.ts';

const MIB = 1024 ** 2;
let api: Stand;
beforeAll(async () => {
  api = await Stand.start();
});
afterAll(() => api.stop());

const text = Buffer.alloc(8 * MIB, 'Words, words, words.\n');
const detail = { found: 'text', supportedInputs: [...inputFormats] };

/** Sends `first` and then nothing more, although much more was announced. Answers what comes back all the same. */
async function answerTo(
  path: string,
  method: string,
  headers: Record<string, string | number>,
  first: Buffer,
) {
  const sent = request({ port: api.port, host: '127.0.0.1', path, method, headers });
  sent.write(first);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const { error } = errorBodySchema.parse(await json(response));
  sent.destroy();
  return { status: response.statusCode, code: error.code, detail: error.detail };
}

async function leftInS3(): Promise<number> {
  return (await api.platform.objects.list('uploads/')).length + (await begunUploads(api.platform)).length;
}

async function begin(sizeBytes: number) {
  const response = await api.postJson('/api/uploads', { fileName: 'a.wav', sizeBytes });
  return uploadViewSchema.parse(await response.json());
}

describe('in one request, before the rest is sent', () => {
  test('raw', async () => {
    const headers = { 'content-type': 'audio/mpeg', 'content-length': 50 * MIB };
    const answer = await answerTo('/api/upload-audio', 'POST', headers, text.subarray(0, 4_096));
    expect(answer).toEqual({ status: 400, code: 'UNRECOGNISED_FORMAT', detail });
    expect(await leftInS3()).toBe(0);
  });

  test('a form', async () => {
    const headers = { 'content-type': 'multipart/form-data; boundary=cut', 'transfer-encoding': 'chunked' };
    const head = '--cut\r\nContent-Disposition: form-data; name="f"; filename="song.mp3"\r\n\r\n';
    const first = Buffer.concat([Buffer.from(head), text.subarray(0, 5_000)]);
    const answer = await answerTo('/api/upload-audio', 'POST', headers, first);
    expect(answer).toEqual({ status: 400, code: 'UNRECOGNISED_FORMAT', detail });
  });

  test('a program that arrives byte by byte, and a short text', async () => {
    const program = Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01\0', 'latin1'), Buffer.alloc(4_088)]);
    const body = new ReadableStream<Uint8Array>({
      async start(controller) {
        for (const byte of program.subarray(0, 20)) controller.enqueue(Uint8Array.of(byte));
        controller.enqueue(program.subarray(20));
        controller.close();
      },
    });
    const post = (sent: NonNullable<RequestInit['body']>) =>
      api.request('/api/upload-audio', { method: 'POST', body: sent, duplex: 'half' });
    expect(await refusal(await post(body))).toBe('400 UNRECOGNISED_FORMAT');
    expect(await refusal(await post('#EXTM3U\nhttp://169.254.169.254/\n'))).toBe('400 FORMAT_NOT_ALLOWED');
    expect(await leftInS3()).toBe(0);
  });

  test('who sends everything before looking up gets the answer too', async () => {
    const response = await api.request('/api/upload-audio', { method: 'POST', body: text });
    expect(await refusal(response)).toBe('400 UNRECOGNISED_FORMAT');
  });
});

describe('in parts', () => {
  test('through the API the first part is refused at once; another one of its place is taken', async () => {
    const { fileId } = await begin(text.length + 10);
    const path = `/api/uploads/${fileId}/parts/1`;
    const answer = await answerTo(path, 'PUT', { 'content-length': text.length }, text.subarray(0, 4_096));
    expect(answer).toEqual({ status: 400, code: 'UNRECOGNISED_FORMAT', detail });
    const right = await api.request(path, { method: 'PUT', body: Buffer.alloc(text.length) });
    expect(right.status).toBe(200);
    const tail = await api.request(`/api/uploads/${fileId}/parts/2`, { method: 'PUT', body: 'only words' });
    expect(tail.status).toBe(200);
    const complete = () => api.request(`/api/uploads/${fileId}/complete`, { method: 'POST' });
    expect((await complete()).status).toBe(200);
    expect((await complete()).status).toBe(200);
  });

  test('straight to S3 it is seen when the parts are joined, and then nothing of it stays', async () => {
    const before = await leftInS3();
    const { fileId } = await begin(text.length);
    const asked = await api.postJson(`/api/uploads/${fileId}/parts`, { partNumbers: [1] });
    const { mode, parts } = partAddressesSchema.parse(await asked.json());
    expect(mode).toBe('direct');
    expect((await fetch(parts[0]?.url ?? '', { method: 'PUT', body: text })).status).toBe(200);
    const complete = await api.request(`/api/uploads/${fileId}/complete`, { method: 'POST' });
    expect(complete.status).toBe(400);
    expect(errorBodySchema.parse(await complete.json()).error).toMatchObject({
      code: 'UNRECOGNISED_FORMAT',
      detail,
    });
    expect(await refusal(await api.request(`/api/uploads/${fileId}`))).toBe('404 UPLOAD_NOT_FOUND');
    expect(await leftInS3()).toBe(before);
  });
});

describe('at submission', () => {
  /** As a version that did not look stored it. */
  async function stored(bytes: Buffer): Promise<string> {
    const { uploads, objects } = api.platform;
    const fileId = await api.byHand.upload();
    const upload = await uploads.getOwned(fileId, 'anonymous');
    const { etag } = await objects.putBytes(upload.location.key, bytes, 'audio/wav');
    const { startSeen: _unseen, ...before } = upload;
    await uploads.create({ ...before, location: { ...upload.location, etag, sizeBytes: bytes.length } });
    return fileId;
  }

  test('an upload that nobody has looked at is looked at, and no job is made', async () => {
    const fileId = await stored(text.subarray(0, 10_000));
    const answer = await api.postJson('/api/jobs', { fileId, format: 'mp3' });
    expect(await refusal(answer)).toBe('400 UNRECOGNISED_FORMAT');
    const { jobs } = await api.client.jobs.list();
    expect(jobs.filter((job) => job.fileId === fileId)).toEqual([]);
  });

  test('what cannot be looked at is accepted: its worker will see', async () => {
    const fileId = await stored(Buffer.alloc(10));
    const upload = await api.platform.uploads.getOwned(fileId, 'anonymous');
    await api.platform.objects.remove([upload.location.key]);
    expect((await api.postJson('/api/jobs', { fileId, format: 'mp3' })).status).toBe(202);
  });
});
