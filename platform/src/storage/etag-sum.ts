/**
 * Whether a file is what S3 says of it. S3 keeps sums of what it stores, and the ETag of most objects is one: the MD5
 * of the bytes, or, of an upload in N parts, the MD5 of the parts' MD5s and `-N` (AWS: "Checking object integrity").
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { choosePartSize, partCountOf } from '@wavefleet/contracts/uploads.ts';

/**
 * The ETag that a file of these bytes has. Undefined where that cannot be told: for one that is no MD5, or of parts of
 * an unknown size.
 * @param etag the one that S3 gave, which says how it was made.
 * @throws the signal's reason.
 */
export async function etagSumOf(
  path: string,
  { etag, sizeBytes }: { readonly etag: string; readonly sizeBytes: number },
  signal: AbortSignal,
): Promise<string | undefined> {
  const parts = /^"[0-9a-f]{32}(?:-(\d+))?"$/.exec(etag);
  if (parts === null) return undefined;
  const [, count] = parts;
  if (count === undefined) return `"${(await md5Of(path, {}, signal)).toString('hex')}"`;
  const partBytes = choosePartSize(sizeBytes);
  if (partCountOf(sizeBytes, partBytes) !== Number(count)) return undefined;
  const all = createHash('md5');
  for (let start = 0; start < sizeBytes; start += partBytes) {
    all.update(await md5Of(path, { start, end: Math.min(sizeBytes, start + partBytes) - 1 }, signal));
  }
  return `"${all.digest('hex')}-${count}"`;
}

async function md5Of(path: string, part: { start?: number; end?: number }, signal: AbortSignal) {
  const hash = createHash('md5');
  await pipeline(createReadStream(path, part), hash, { signal });
  return hash.digest();
}
