/** Chains in Ogg: streams one behind the other, as recorders of radio write them and `cat` makes them. */
import type { FileHandle } from 'node:fs/promises';
import { MOST_PAGE_BYTES } from './ogg-page.ts';
import { readAt } from './read-at.ts';

const HEADER_BYTES = 27;
const FLAGS_AT = 5;
const GRANULE_AT = 6;
const SERIAL_AT = 14;
const BEGINS = 2;
/** More streams beside each other are refused, see `maxStreams`. */
const MOST_STREAMS = 64;

/**
 * Whether a file ends with a stream that does not begin at its start. FFmpeg declares the length of the last one as that of
 * the whole, and there is no other way to the truth than to read it all. Streams of one number, which RFC 3533 forbids, are
 * taken for one.
 */
export async function isOggChain(file: FileHandle, start: Buffer, sizeBytes: number): Promise<boolean> {
  if (start.toString('latin1', 0, 4) !== 'OggS') return false;
  const first = new Set<number>();
  for (let at = 0; first.size < MOST_STREAMS; ) {
    const page = await readAt(file, at, HEADER_BYTES + 255);
    if (!isPage(page, 0) || (page.readUInt8(FLAGS_AT) & BEGINS) === 0) break;
    first.add(page.readUInt32LE(SERIAL_AT));
    const lengths = page.subarray(HEADER_BYTES, HEADER_BYTES + page.readUInt8(HEADER_BYTES - 1));
    at += lengths.reduce((sum, length) => sum + length, HEADER_BYTES + lengths.length);
  }
  const last = await lastOggPage(file, sizeBytes);
  return last !== undefined && first.size > 0 && !first.has(last.serial);
}

/** Of the last page that has a time, which is when its last packet ends: that time, and the number of its stream. */
export async function lastOggPage(
  file: FileHandle,
  sizeBytes: number,
): Promise<{ readonly serial: number; readonly granule: number } | undefined> {
  const tailBytes = Math.min(sizeBytes, MOST_PAGE_BYTES);
  const tail = await readAt(file, sizeBytes - tailBytes, tailBytes);
  for (let at = tail.lastIndexOf('OggS'); at >= 0; at = at === 0 ? -1 : tail.lastIndexOf('OggS', at - 1)) {
    if (!isPage(tail, at)) continue;
    const granule = Number(tail.readBigInt64LE(at + GRANULE_AT));
    if (granule >= 0) return { serial: tail.readUInt32LE(at + SERIAL_AT), granule };
  }
  return undefined;
}

/** Its name, and the only version that there is. */
function isPage(bytes: Buffer, at: number): boolean {
  return bytes.length >= at + HEADER_BYTES && bytes.toString('latin1', at, at + 5) === 'OggS\0';
}
