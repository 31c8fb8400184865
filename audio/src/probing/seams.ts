/** Tags in the midst of a stream of frames: what is left when files are put behind each other. */
import type { FileHandle } from 'node:fs/promises';
import { openOwnFile } from '../own-files.ts';
import { type FrameKind, frameBytes } from './frames.ts';
import { readAt } from './read-at.ts';

/** Bytes from one position to another, without the last. */
interface Range {
  readonly from: number;
  readonly to: number;
}

const BLOCK_BYTES = 1024 ** 2;
/** Enough for every header that is looked at. */
const HEADER_BYTES = 32;

/**
 * Takes the ID3 and APE tags out that stand between two frames of an MP3 or ADTS file, in place. Decoders take each for
 * damage, and what looks like a frame within a picture for sound; they are neither.
 * @returns how many; 0 also for a file that has other bytes between its frames: that is damage.
 */
export async function removeSeams(path: string, kind: FrameKind): Promise<number> {
  const file = await openOwnFile(path, 'change');
  if (file === undefined) return 0;
  try {
    const { size } = await file.stat();
    const seams = await findSeams(file, size, kind);
    if (seams.length > 0) await cutOut(file, size, seams);
    return seams.length;
  } finally {
    await file.close();
  }
}

async function findSeams(file: FileHandle, sizeBytes: number, kind: FrameKind): Promise<readonly Range[]> {
  const seams: Range[] = [];
  let pending: Range | undefined;
  let hasFrames = false;
  let at = 0;
  let block: Buffer = Buffer.alloc(0);
  let blockAt = 0;
  while (at + HEADER_BYTES <= sizeBytes) {
    if (at < blockAt || at + HEADER_BYTES > blockAt + block.length) {
      blockAt = at;
      block = await readAt(file, at, BLOCK_BYTES);
      if (block.length < HEADER_BYTES) break;
    }
    const header = block.subarray(at - blockAt, at - blockAt + HEADER_BYTES);
    const frame = frameBytes(kind, header);
    if (frame !== undefined) {
      if (pending !== undefined && hasFrames) seams.push(pending);
      pending = undefined;
      hasFrames = true;
      at += frame;
      continue;
    }
    const tag = tagBytes(header);
    if (tag === undefined) return [];
    pending = { from: pending?.from ?? at, to: at + tag };
    at += tag;
  }
  return seams;
}

/** How long the tag is that begins there: ID3v2, ID3v1, APEv2. */
function tagBytes(header: Buffer): number | undefined {
  const start = header.toString('latin1', 0, 8);
  if (start.startsWith('ID3')) {
    // Seven bits in a byte; a footer is as long as the header (id3.org, ID3v2.4 §3.1).
    const body = [6, 7, 8, 9].reduce((size, index) => size * 128 + ((header[index] ?? 0) & 0x7f), 0);
    return 10 + body + (((header[5] ?? 0) & 0x10) === 0 ? 0 : 10);
  }
  if (start.startsWith('TAG')) return 128;
  // The size counts the footer and not the header (APEv2, "APE Tags Header").
  if (start === 'APETAGEX') return header.readUInt32LE(12) + 32;
  return undefined;
}

/** Moves what is kept to the front, and shortens the file. */
async function cutOut(file: FileHandle, sizeBytes: number, seams: readonly Range[]): Promise<void> {
  let to = seams[0]?.from ?? 0;
  for (const [index, seam] of seams.entries()) {
    const end = seams[index + 1]?.from ?? sizeBytes;
    for (let from = seam.to; from < end; ) {
      const bytes = await readAt(file, from, Math.min(BLOCK_BYTES, end - from));
      if (bytes.length === 0) break;
      await file.write(bytes, 0, bytes.length, to);
      from += bytes.length;
      to += bytes.length;
    }
  }
  await file.truncate(to);
}
