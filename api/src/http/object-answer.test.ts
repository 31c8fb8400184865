/** Objects as answers: their ranges, and errors that come before the first byte. */
import { Readable } from 'node:stream';
import { Hono } from 'hono';
import { expect, test } from 'vitest';
import type { AppEnv } from './context.ts';
import { makeErrorHandler } from './errors.ts';
import { answerObject, parseRange } from './object-answer.ts';

const stored = { bucket: 'b', key: 'k', sizeBytes: 1000, etag: '"e"' };
const served = {
  contentType: 'audio/mpeg',
  contentDisposition: 'inline',
  goneCode: 'OUTPUT_EXPIRED',
} as const;
const silent = { say: () => {} };

function appWith(open: () => Promise<{ body: Readable }>) {
  const app = new Hono<AppEnv>();
  app.onError(makeErrorHandler(silent));
  const deps = { objects: { open }, log: silent, config: { MIN_DOWNLOAD_BYTES_PER_SECOND: 0 } };
  app.get('/', (c) => answerObject(c, deps, stored, served));
  return app;
}

const refusedWith = (name: string, httpStatusCode: number) => () =>
  Promise.reject(Object.assign(new Error(name), { name, $metadata: { httpStatusCode }, $fault: 'client' }));

test.each([
  ['gone meanwhile', refusedWith('NoSuchKey', 404), 410, 'OUTPUT_EXPIRED'],
  ['replaced meanwhile', refusedWith('PreconditionFailed', 412), 409, 'INPUT_CHANGED'],
  [
    'storage away',
    () => Promise.reject(Object.assign(new Error(), { code: 'ECONNREFUSED' })),
    503,
    'SERVICE_UNAVAILABLE',
  ],
])('%s: the error has its own length and nothing of the file', async (_name, open, status, code) => {
  const answer = await appWith(open).request('/');
  expect(answer.status).toBe(status);
  expect(await answer.json()).toMatchObject({ error: { code } });
  for (const name of ['content-length', 'etag', 'content-disposition', 'accept-ranges']) {
    expect(answer.headers.get(name)).toBeNull();
  }
});

test('a range has its own length, and says where it lies', async () => {
  const app = appWith(async () => ({ body: Readable.from([Buffer.alloc(10)]) }));
  const answer = await app.request('/', { headers: { range: 'bytes=990-' } });
  expect(answer.status).toBe(206);
  expect(answer.headers.get('content-length')).toBe('10');
  expect(answer.headers.get('content-range')).toBe('bytes 990-999/1000');
});

test.each([
  ['bytes=0-0', { first: 0, last: 0 }],
  ['bytes=0-', { first: 0, last: 99 }],
  ['bytes=10-19', { first: 10, last: 19 }],
  ['bytes=90-500', { first: 90, last: 99 }],
  ['bytes=-10', { first: 90, last: 99 }],
  ['bytes=-500', { first: 0, last: 99 }],
])('%s of 100 bytes', (header, range) => {
  expect(parseRange(header, 100)).toEqual(range);
});

test.each([
  'bytes=9-1',
  'bytes=100-',
  'bytes=-0',
  'bytes=-',
  'bytes=0-1,3-4',
  `bytes=${Array.from({ length: 1000 }, (_, i) => `${i}-${i}`).join(',')}`,
  'bytes=99999999999999999999-',
  'lines=1-2',
  'bytes = 1-2',
  '',
])('%s is refused', (header) => {
  expect(() => parseRange(header, 100)).toThrow(expect.objectContaining({ code: 'RANGE_INVALID' }));
});

test('no header means the whole file', () => {
  expect(parseRange(undefined, 100)).toBeUndefined();
});
