/** Uploads, raw and as a form: what is stored is what was sent, and nothing stays of what was refused. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { errorBodySchema, uploadedSchema } from '@wavefleet/contracts/http.ts';
import { uploadKey } from '@wavefleet/contracts/keys.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { cutOffWav } from '../bring-up/not-audio.ts';
import { Stand } from '../bring-up/stand.ts';
import { begunUploads, sha256, sha256OfUpload } from '../bring-up/stored-uploads.ts';
import { refusal } from './refusal.ts';
import { FORM_TYPE, stubbornUpload } from './stubborn-upload.ts';

const MIB = 1024 ** 2;
/** Small, so that "too large" is quickly made; of a few parts. */
const LIMIT_BYTES = 24 * 1024 ** 2;
let api: Stand;
/** Begun before all tests, so that its ten seconds pass meanwhile. */
let halfRequestClosed: Promise<unknown>;
beforeAll(async () => {
  api = await Stand.start({ env: { MAX_UPLOAD_BYTES: String(LIMIT_BYTES) } });
  const socket = connect(api.port, '127.0.0.1');
  socket.write('POST /api/jobs HTTP/1.1\r\nHost: 127.0.0.1\r\n');
  socket.resume();
  halfRequestClosed = once(socket, 'close');
});
afterAll(() => api.stop());

const upload = (body: NonNullable<RequestInit['body']>, headers: Record<string, string> = {}, query = '') =>
  api.request(`/api/upload-audio${query}`, { method: 'POST', body, headers, duplex: 'half' });
const accepted = async (response: Response) => {
  expect(response.status).toBe(201);
  return uploadedSchema.parse(await response.json());
};

/** Which kinds of content are taken here and not everywhere. */
const acceptedOf = async (response: Response) => {
  const { detail, message } = errorBodySchema.parse(await response.clone().json()).error;
  expect(message).toContain('detail.accepts');
  const [bytes, ...kinds] = z.array(z.string()).parse(detail?.accepts);
  expect([bytes, kinds.pop()]).toEqual(['application/octet-stream', 'multipart/form-data']);
  return kinds;
};

const storedSha256 = (fileId: string) => sha256OfUpload(api.platform, fileId);

/** Keys below uploads/, and multipart uploads that were begun and not ended. */
async function leftInS3(): Promise<number> {
  return (await api.platform.objects.list('uploads/')).length + (await begunUploads(api.platform)).length;
}

/** A form with the file between two fields, as browsers send it. */
function form(bytes: Uint8Array<ArrayBuffer>, fileName: string): FormData {
  const data = new FormData();
  data.append('note', 'before');
  data.append('anything', new File([bytes], fileName, { type: 'image/png' }));
  data.append('other', new File([new Uint8Array([1])], 'second.wav'));
  return data;
}

/** An upload whose client is under the test's control. */
function slowUpload(headers: Record<string, string | number>): ClientRequest {
  const { port } = api;
  return request({ port, host: '127.0.0.1', path: '/api/upload-audio', method: 'POST', headers });
}

async function answerOf(
  sent: ClientRequest,
): Promise<{ status: number | undefined; code: string; detail: unknown }> {
  const [response]: [IncomingMessage] = (await once(sent, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  const { code, detail } = errorBodySchema.parse(JSON.parse(text)).error;
  return { status: response.statusCode, code, detail };
}

describe('accepted', () => {
  test('20 MB as a raw body', async () => {
    const bytes = randomBytes(20 * MIB);
    const answer = await accepted(await upload(bytes, { 'content-type': 'audio/flac' }));
    expect(answer.sizeBytes).toBe(bytes.length);
    expect(await storedSha256(answer.fileId)).toBe(sha256(bytes));
    const record = await api.platform.uploads.getOwned(answer.fileId, 'anonymous');
    expect(record.location).toMatchObject({
      key: uploadKey(answer.fileId, answer.fileName),
      sizeBytes: bytes.length,
    });
  });

  test('20 MB as a form, whatever the fields are called', async () => {
    const bytes = new Uint8Array(20 * MIB).map((_, i) => (i * 31) % 251);
    const answer = await accepted(await upload(form(bytes, 'Ärger im Büro.mp3')));
    expect(answer).toMatchObject({ sizeBytes: bytes.length, fileName: 'Ärger im Büro.mp3' });
    expect(await storedSha256(answer.fileId)).toBe(sha256(bytes));
  });

  test('a body without a length or a type', async () => {
    const chunks = [randomBytes(3 * MIB), randomBytes(3 * MIB), randomBytes(5)];
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const chunk = chunks[sent++];
        if (chunk === undefined) controller.close();
        else controller.enqueue(chunk);
      },
    });
    let sent = 0;
    const answer = await accepted(await upload(body));
    expect(await storedSha256(answer.fileId)).toBe(sha256(Buffer.concat(chunks)));
  });

  test('exactly the limit', async () => {
    expect((await accepted(await upload(Buffer.alloc(LIMIT_BYTES)))).sizeBytes).toBe(LIMIT_BYTES);
  });

  test.each([
    ['../../x', 'x'],
    ['C:\\music\\song.mp3', 'song.mp3'],
    ['-i', '-i'],
    ['concat:a|b', 'concat:a|b'],
    ['%d.mp3', '%d.mp3'],
    ['a\r\nSet-Cookie: b.mp3', 'aSet-Cookie: b.mp3'],
    ['nul\u0000.wav', 'nul.wav'],
    [';id', ';id'],
    ['../', 'audio'],
    ['x'.repeat(5_000), 'x'.repeat(255)],
    [`${'x'.repeat(250)}💫💫💫.wav`, `${'x'.repeat(250)}.wav`],
  ])('the name %.40j is shown as %.40j', async (given, shown) => {
    const byHeader = await accepted(await upload(cutOffWav, { 'x-file-name': encodeURIComponent(given) }));
    expect(byHeader.fileName).toBe(shown);
    const byQuery = await accepted(await upload(cutOffWav, {}, `?fileName=${encodeURIComponent(given)}`));
    expect(byQuery.fileName).toBe(shown);
  });

  test('a header that is not percent-encoded is taken as it is', async () => {
    expect((await accepted(await upload(cutOffWav, { 'x-file-name': '100%.wav' }))).fileName).toBe(
      '100%.wav',
    );
  });
});

describe('refused', () => {
  test('too large, by its declared length: answered before it is sent', async () => {
    const before = await leftInS3();
    const { MAX_RESUMABLE_UPLOAD_BYTES: inParts } = api.platform.config;
    for (const [bytes, code, limitBytes] of [
      [500 * MIB, 'REQUEST_TOO_LARGE', LIMIT_BYTES],
      [inParts + 1, 'UPLOAD_TOO_LARGE', inParts],
    ] as const) {
      const sent = slowUpload({ 'content-length': bytes });
      sent.flushHeaders();
      expect(await answerOf(sent)).toEqual({ status: 413, code, detail: { limitBytes } });
      sent.destroy();
    }
    expect(await leftInS3()).toBe(before);
  });

  test.each(['raw', 'form'])('too large, while it is counted (%s): nothing stays', async (kind) => {
    const before = await leftInS3();
    const type = kind === 'raw' ? 'audio/wav' : FORM_TYPE;
    const answer = await stubbornUpload(api.port, type, 3 * LIMIT_BYTES);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('"code":"REQUEST_TOO_LARGE"');
    expect(answer).toContain(`"limitBytes":${LIMIT_BYTES}`);
    expect(await leftInS3()).toBe(before);
  });

  test('empty, in every way', async () => {
    const before = await leftInS3();
    expect(await refusal(await upload(''))).toBe('422 EMPTY_FILE');
    const none = new ReadableStream<Uint8Array>({ start: (controller) => controller.close() });
    expect(await refusal(await upload(none))).toBe('422 EMPTY_FILE');
    expect(await refusal(await upload(form(new Uint8Array(), 'a.wav')))).toBe('422 EMPTY_FILE');
    expect(await leftInS3()).toBe(before);
  });

  test.each([
    'application/json',
    'application/x-www-form-urlencoded',
    'multipart/mixed; boundary=x',
    'APPLICATION/JSON',
  ])('the type %s, with those that are taken', async (type) => {
    const answer = await upload('{}', { 'content-type': type });
    expect(await acceptedOf(answer)).toEqual(['audio/*', 'video/*']);
    expect(await refusal(answer)).toBe('415 UNSUPPORTED_MEDIA_TYPE');
    const init = { method: 'POST', body: '{}', headers: { 'content-type': type } };
    expect(await acceptedOf(await api.request('/api/upload-cover', init))).toEqual([
      'image/jpeg',
      'image/png',
    ]);
  });

  test.each([
    ['multipart/form-data', 'x'],
    ['multipart/form-data; boundary=cut', ''],
    ['multipart/form-data; boundary=cut', 'no form at all'],
    [
      'multipart/form-data; boundary=cut',
      '--cut\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--cut--\r\n',
    ],
    [
      'multipart/form-data; boundary=cut',
      '--cut\r\nContent-Disposition: form-data; name="a"; filename="b"\r\n\r\nhalf a fi',
    ],
    ['multipart/form-data; boundary=cut', '--cut\r\nContent-Disposition: form-data; name="a"; filename="b"'],
  ])('%s with %.30j is not a form with a file', async (type, body) => {
    const before = await leftInS3();
    expect(await refusal(await upload(body, { 'content-type': type }))).toBe('400 VALIDATION_ERROR');
    expect(await leftInS3()).toBe(before);
  });

  test.each(['raw', 'form', 'sized'])(
    'a client that drops off in the middle (%s) leaves nothing',
    async (kind) => {
      const before = await leftInS3();
      const type = kind === 'form' ? FORM_TYPE : 'audio/wav';
      const sent = slowUpload({
        'content-type': type,
        ...(kind === 'sized' ? { 'content-length': 20 * MIB } : { 'transfer-encoding': 'chunked' }),
      });
      sent.on('error', () => undefined);
      if (kind === 'form') {
        sent.write('--cut\r\nContent-Disposition: form-data; name="f"; filename="a.wav"\r\n\r\n');
      }
      sent.write(Buffer.alloc(12 * MIB));
      // One request shows nothing in S3 before its end.
      if (kind !== 'sized') await until('parts arrive in S3', async () => (await leftInS3()) > before);
      else await once(sent, 'drain');
      sent.destroy();
      await until('they are gone', async () => (await leftInS3()) === before);
      await accepted(await upload(cutOffWav));
      expect(await leftInS3()).toBe(before + 1);
    },
  );

  test('half a request line is closed in time', { timeout: 30_000 }, async () => {
    await halfRequestClosed;
  });
});
