/** ETags as S3 makes them, of bytes as they come. */
import { createHash, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { EtagSum } from './etag-sum.ts';

const MIB = 1024 ** 2;
const CHUNK = 65_537;
const bytes = randomBytes(20 * MIB);
const md5 = (data: Uint8Array) => createHash('md5').update(data).digest();

/** In chunks that end nowhere near a part's end. */
function sumAs(etag: string, sizeBytes = bytes.length): string | undefined {
  const sum = new EtagSum({ etag, sizeBytes });
  for (let start = 0; start < sizeBytes; start += CHUNK) {
    sum.add(bytes.subarray(start, Math.min(start + CHUNK, sizeBytes)));
  }
  return sum.etag();
}
const some = 'd41d8cd98f00b204e9800998ecf8427e';

test('of one request: the MD5', () => {
  expect(sumAs(`"${some}"`)).toBe(`"${md5(bytes).toString('hex')}"`);
});

test('of parts of the usual size: the MD5 of their MD5s', async () => {
  const parts = [bytes.subarray(0, 8 * MIB), bytes.subarray(8 * MIB, 16 * MIB), bytes.subarray(16 * MIB)];
  const etag = `"${md5(Buffer.concat(parts.map(md5))).toString('hex')}-3"`;
  expect(sumAs(`"${some}-3"`)).toBe(etag);
});

test('the last part may be as long as the others', () => {
  const parts = [bytes.subarray(0, 8 * MIB), bytes.subarray(8 * MIB, 16 * MIB)];
  const etag = `"${md5(Buffer.concat(parts.map(md5))).toString('hex')}-2"`;
  expect(sumAs(`"${some}-2"`, 16 * MIB)).toBe(etag);
});

test.each([[`"${some}-4"`], ['"8DB1-5"'], ['""'], ['']])('of %s nothing can be told', async (etag) => {
  expect(sumAs(etag)).toBeUndefined();
});
