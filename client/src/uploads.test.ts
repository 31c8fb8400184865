/** Uploads in one request and in parts. */
import { openAsBlob } from 'node:fs';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Answerer, json, serve, thrownBy } from './test-server.testing.ts';

const fileId = '00000000-0000-4000-8000-000000000002';
const uploaded = { fileId, sizeBytes: 10, fileName: 'größe.wav', uploadedAt: '2026-01-01T00:00:00.000Z' };
const upload = {
  fileId,
  state: 'uploading',
  fileName: 'größe.wav',
  sizeBytes: 10,
  partSizeBytes: 8,
  partCount: 2,
  mode: 'direct',
  createdAt: '2026-01-01T00:00:00.000Z',
  expiresAt: '2026-01-02T00:00:00.000Z',
  parts: [],
  missing: [1, 2],
  receivedBytes: 0,
};

test('a file in one request keeps its name, whatever letters are in it', async () => {
  const { client, asked } = await serve([json(uploaded, 201)]);
  expect(await client.uploads.send(new Blob(['0123456789']), { fileName: 'größe.wav' })).toEqual(uploaded);
  expect(asked).toMatchObject([
    {
      method: 'POST',
      url: '/api/upload-audio',
      headers: {
        'content-type': 'application/octet-stream',
        'content-length': '10',
        'x-file-name': 'gr%C3%B6%C3%9Fe.wav',
      },
      body: Buffer.from('0123456789'),
    },
  ]);
});

test('a cover has a door of its own', async () => {
  const { client, asked } = await serve([json(uploaded, 201)]);
  expect(await client.uploads.sendCover(new Blob(['picture']))).toEqual(uploaded);
  expect(asked).toMatchObject([{ method: 'POST', url: '/api/upload-cover', body: Buffer.from('picture') }]);
});

test('a name that is no well-formed text is sent all the same', async () => {
  const { client, asked } = await serve([json(uploaded, 201)]);
  await client.uploads.send(new Blob(['0123456789']), { fileName: 'half \ud83d.wav' });
  expect(asked).toMatchObject([{ headers: { 'x-file-name': 'half%20%EF%BF%BD.wav' } }]);
});

test('an upload in parts: begun, looked at, sent to the storage and through the API, put together', async () => {
  const storage = await serve([(_asked, answer) => answer.end()]);
  const addresses = {
    mode: 'direct',
    expiresInSeconds: 60,
    parts: [{ partNumber: 1, sizeBytes: 8, url: `${storage.url}/bucket/key?signed` }],
  };
  const { client, asked } = await serve([
    json(upload, 201),
    json(upload),
    json(addresses),
    json({ partNumber: 2, sizeBytes: 2 }),
    json(uploaded),
  ]);
  const { uploads } = client;
  const file = { fileName: 'größe.wav', sizeBytes: 10, fingerprint: 'mine' };
  expect(await uploads.begin(file)).toEqual(upload);
  expect(await uploads.get(fileId)).toEqual(upload);
  const { parts } = await uploads.partAddresses(fileId, [1]);
  await uploads.sendPart(parts[0]?.url ?? '', new Blob(['01234567']));
  await uploads.sendPart(uploads.partUrl(fileId, 2), new Blob(['89']));
  expect(await uploads.complete(fileId)).toEqual(uploaded);

  const base = `/api/uploads/${fileId}`;
  expect(asked.map(({ method, url, body }) => [method, url, body.toString()])).toEqual([
    ['POST', '/api/uploads', JSON.stringify(file)],
    ['GET', base, ''],
    ['POST', `${base}/parts`, '{"partNumbers":[1]}'],
    ['PUT', `${base}/parts/2`, '89'],
    ['POST', `${base}/complete`, ''],
  ]);
  expect(storage.asked).toMatchObject([
    { method: 'PUT', url: '/bucket/key?signed', body: Buffer.from('01234567') },
  ]);
});

const s3Says =
  (status: number): Answerer =>
  (_asked, answer) =>
    answer.writeHead(status).end('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>');

test.each([
  [400, 'ADDRESS_EXPIRED', true],
  [403, 'ADDRESS_EXPIRED', true],
  [404, 'ADDRESS_EXPIRED', true],
  [501, 'UNEXPECTED_ANSWER', true],
  [411, 'UNEXPECTED_ANSWER', false],
])('a part that the storage refuses with %i is %s, retryable %s', async (status, code, retryable) => {
  const { client, url } = await serve([s3Says(status)]);
  const refused = await thrownBy(client.uploads.sendPart(`${url}/bucket/key`, new Blob(['x'])));
  expect(refused).toMatchObject({ code, status, retryable });
});

test("a part that the API refuses keeps the API's own words", async () => {
  const error = { code: 'UPLOAD_NOT_FOUND', message: 'There is no such upload.', requestId: 'r' };
  const { client } = await serve([json({ error }, 404)]);
  const refused = await thrownBy(client.uploads.sendPart(client.uploads.partUrl(fileId, 1), new Blob(['x'])));
  expect(refused).toMatchObject({ ...error, status: 404, retryable: false });
});

test('an upload is given up by its id', async () => {
  const { client, asked } = await serve([(_asked, answer) => answer.writeHead(204).end()]);
  await client.uploads.remove(fileId);
  expect(asked).toMatchObject([{ method: 'DELETE', url: `/api/uploads/${fileId}` }]);
});

test('a file that was changed after it was opened is told from a line that has broken', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'wavefleet-client-')), 'song.wav');
  onTestFinished(() => rm(dirname(path), { recursive: true }));
  await writeFile(path, 'RIFF');
  const song = await openAsBlob(path);
  await appendFile(path, 'more');
  const { client, url } = await serve([json({})]);
  for (const sending of [
    client.uploads.send(song, { fileName: 'song.wav' }),
    client.uploads.sendCover(song),
    client.uploads.sendPart(`${url}/bucket/key`, song.slice(1, 3)),
  ]) {
    expect(await thrownBy(sending)).toMatchObject({ code: 'FILE_UNREADABLE', status: 0, retryable: false });
  }
});
