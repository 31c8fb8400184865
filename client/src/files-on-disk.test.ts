/** Files sent from the disk and results written to it. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { saveResult, uploadFile } from './files-on-disk.ts';
import { type Answerer, brokenOff, json, serve, thrownBy } from './test-server.testing.ts';

const jobId = '00000000-0000-4000-8000-000000000001';
const fileId = '00000000-0000-4000-8000-000000000002';

async function scratch(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'wavefleet-client-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  return dir;
}

test('a file is sent under its name, with its length, byte for byte', async () => {
  const bytes = randomBytes(3_000_001);
  const path = join(await scratch(), 'naïve take 1.wav');
  await writeFile(path, bytes);
  const uploaded = { fileId, sizeBytes: bytes.length, fileName: 'x', uploadedAt: '2026-01-01T00:00:00.000Z' };
  const { client, asked } = await serve([json(uploaded, 201)]);
  expect(await uploadFile(client, path)).toEqual(uploaded);
  expect(asked[0]?.headers).toMatchObject({
    'content-length': String(bytes.length),
    'x-file-name': 'na%C3%AFve%20take%201.wav',
  });
  expect(asked[0]?.body.equals(bytes)).toBe(true);
});

test('a file that is not there is the file system’s error', async () => {
  const { client, asked } = await serve([json({})]);
  expect(await thrownBy(uploadFile(client, '/nowhere/a.wav'))).toMatchObject({ code: 'ENOENT' });
  expect(asked).toEqual([]);
});

test('a result is written to disk, byte for byte', async () => {
  const bytes = randomBytes(3_000_001);
  const dir = await scratch();
  const { client, asked } = await serve([(_asked, answer) => answer.end(bytes)]);
  await saveResult(client, jobId, join(dir, 'a.mp3'));
  expect((await readFile(join(dir, 'a.mp3'))).equals(bytes)).toBe(true);
  expect(await readdir(dir)).toEqual(['a.mp3']);
  expect(asked).toMatchObject([{ url: `/api/download?jobId=${jobId}` }]);
});

test('a download that breaks off leaves what was there, and no half file', async () => {
  const dir = await scratch();
  await writeFile(join(dir, 'a.mp3'), 'old');
  const { client } = await serve([brokenOff]);
  expect(await thrownBy(saveResult(client, jobId, join(dir, 'a.mp3')))).toMatchObject({
    code: 'NETWORK',
    retryable: true,
  });
  expect(await readdir(dir)).toEqual(['a.mp3']);
  expect(await readFile(join(dir, 'a.mp3'), 'utf8')).toBe('old');
});

test('a download that the caller ends leaves no half file', async () => {
  const dir = await scratch();
  const over = new AbortController();
  const reason = new Error('enough');
  const begin: Answerer = (_asked, answer) => {
    answer.writeHead(200).write('begin', () => over.abort(reason));
  };
  const { client } = await serve([begin]);
  expect(await thrownBy(saveResult(client, jobId, join(dir, 'a.mp3'), { signal: over.signal }))).toBe(reason);
  expect(await readdir(dir)).toEqual([]);
});

test('a folder that is not there is the file system’s error', async () => {
  const { client } = await serve([(_asked, answer) => answer.end('audio')]);
  expect(await thrownBy(saveResult(client, jobId, '/nowhere/a.mp3'))).toMatchObject({ code: 'ENOENT' });
});

test('a range is asked for as a header, and a link as JSON', async () => {
  const link = { url: 'https://storage.example/x', expiresInSeconds: 900, deletesAfterDownload: false };
  const { client, asked } = await serve([(_asked, answer) => answer.writeHead(206).end('au'), json(link)]);
  expect(await (await client.results.download(jobId, { range: 'bytes=0-1' })).text()).toBe('au');
  expect(await client.results.link(jobId)).toEqual(link);
  expect(asked[0]?.headers.range).toBe('bytes=0-1');
  expect(asked[1]?.url).toBe(`/api/download?jobId=${jobId}&mode=url`);
});

test('whether a result can be downloaded is found out with one byte of it', async () => {
  const gone = json({ error: { code: 'OUTPUT_DELETED', message: 'Deleted.', requestId: 'r' } }, 410);
  const { client, asked } = await serve([(_asked, answer) => answer.writeHead(206).end('a'), gone]);
  await client.results.check(jobId);
  expect(asked[0]).toMatchObject({ method: 'GET', headers: { range: 'bytes=0-0' } });
  expect(await thrownBy(client.results.check(jobId))).toMatchObject({ code: 'OUTPUT_DELETED', status: 410 });
});
