/** ETags as S3 makes them, of bytes as they come and of a file on this disk. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EtagSum } from './etag-sum.ts';

const MIB = 1024 ** 2;
/** What lies on the disk when the rest comes. */
const FETCHED = 3 * MIB + 5;
const CHUNK = 65_537;
const bytes = randomBytes(20 * MIB);
const md5 = (data: Uint8Array) => createHash('md5').update(data).digest();
const { signal } = new AbortController();
let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wavefleet-etag-'));
  path = join(folder, 'file');
  await writeFile(path, bytes.subarray(0, FETCHED));
});
afterAll(() => rm(folder, { recursive: true }));

/** In chunks that end nowhere near a part's end, the first of them from the file. */
async function sumAs(etag: string): Promise<string | undefined> {
  const sum = new EtagSum({ etag, sizeBytes: bytes.length });
  await sum.addFile(path, signal);
  for (let start = FETCHED; start < bytes.length; start += CHUNK)
    sum.add(bytes.subarray(start, start + CHUNK));
  return sum.etag();
}
const some = 'd41d8cd98f00b204e9800998ecf8427e';

test('of one request: the MD5', async () => {
  expect(await sumAs(`"${some}"`)).toBe(`"${md5(bytes).toString('hex')}"`);
});

test('of parts of the usual size: the MD5 of their MD5s', async () => {
  const parts = [bytes.subarray(0, 8 * MIB), bytes.subarray(8 * MIB, 16 * MIB), bytes.subarray(16 * MIB)];
  const etag = `"${md5(Buffer.concat(parts.map(md5))).toString('hex')}-3"`;
  expect(await sumAs(`"${some}-3"`)).toBe(etag);
});

test.each([[`"${some}-4"`], ['"8DB1-5"'], ['""'], ['']])('of %s nothing can be told', async (etag) => {
  expect(await sumAs(etag)).toBeUndefined();
});
