/**
 * Whether all that a source says of itself stands in its first and last bytes. Of a source that is streamed only these are
 * there when it is probed; between them lies a hole, which reads as zeros, and nothing may have been looked for in it.
 */
import type { FileHandle } from 'node:fs/promises';
import { SNIFF_BYTES } from '@wavefleet/contracts/sniff.ts';
import { readHeader } from '../probing/headers/mend-header.ts';
import { readAt } from '../probing/read-at.ts';
import { CannotJoin } from '../split/join.ts';
import { OggPages } from '../split/ogg/ogg-pages.ts';
import { id3End } from '../tags/values/id3.ts';
import { windowed } from '../tags/values/read-values.ts';

/** A file with a hole. */
export interface Ends {
  /** Where the hole begins. */
  readonly headBytes: number;
  /** Where it ends. */
  readonly tailAt: number;
  /** Of the whole file. */
  readonly sizeBytes: number;
}

/**
 * Of a file as the probe has left it: with a header that says how long the sound is, where it did so before.
 * @param container ffprobe's `format_name`.
 */
export async function isKnownByEnds(file: FileHandle, container: string, ends: Ends): Promise<boolean> {
  switch (container) {
    case 'flac':
      return await isHeadOfFlac(file, ends);
    case 'ogg':
      return await isHeadOfOgg(file, ends);
    case 'aac':
      return ((await id3End(windowed(file), 0)) ?? 0) < ends.headBytes;
    default:
      return await arePlainSamples(file, ends);
  }
}

/** Chunks stand before the sound and behind it, and it is as long as its header says. */
async function arePlainSamples(file: FileHandle, { headBytes, tailAt, sizeBytes }: Ends): Promise<boolean> {
  const header = await readHeader(file, await readAt(file, 0, SNIFF_BYTES), sizeBytes);
  if (header?.declaredBytes === undefined) return false;
  const endAt = header.dataAt + header.declaredBytes;
  return header.dataAt < headBytes && endAt >= tailAt && endAt <= sizeBytes;
}

const LAST_BLOCK = 0x80;
/** Behind the blocks: the header of the first frame, which is looked at. */
const FRAME_HEADER_BYTES = 16;

/** All blocks, the last of which says that it is. Tags of others in front of them are none of FLAC's. */
async function isHeadOfFlac(file: FileHandle, { headBytes }: Ends): Promise<boolean> {
  const read = windowed(file);
  if ((await read(0, 4)).toString('latin1') !== 'fLaC') return false;
  for (let at = 4; at + 4 + FRAME_HEADER_BYTES < headBytes; ) {
    const header = await read(at, 4);
    if (header.length < 4) return false;
    at += 4 + header.readUIntBE(1, 3);
    if (header.readUInt8(0) >= LAST_BLOCK) return at + FRAME_HEADER_BYTES < headBytes;
  }
  return false;
}

/** The headers of a stream, tags among them, stand before the first page whose time is not 0. */
async function isHeadOfOgg(file: FileHandle, { headBytes }: Ends): Promise<boolean> {
  const pages = new OggPages(file);
  try {
    let at = 0;
    for (let page = await pages.next(); page !== undefined; page = await pages.next()) {
      at += page.bytes.length;
      if (at > headBytes) return false;
      if (page.granule > 0) return true;
    }
    return false;
  } catch (error) {
    if (error instanceof CannotJoin) return false;
    throw error;
  }
}
