/**
 * Tags that have several values, read from the file itself: FFmpeg joins them with ";" (Vorbis comments), which any
 * value may have in it, or keeps one of them (all others). These readers do nothing but that; whatever they cannot make
 * out stays as FFmpeg says. Pure reads of bounded length: sizes in a hostile file may say anything.
 */
import type { FileHandle } from 'node:fs/promises';
import { readAt } from '../../probing/read-at.ts';
import { apeTexts } from './ape.ts';
import { asfTexts } from './asf.ts';
import { chunkTexts } from './chunks.ts';
import { id3End, id3Texts } from './id3.ts';
import { mp4Texts } from './mp4.ts';
import { oggCommentPacket } from './ogg.ts';
import type { ReadBytes, TagPair } from './tag-pair.ts';
import { flacCommentBlock, vorbisComments } from './vorbis.ts';

/** Tags by FFmpeg's name for them, each with at least two different values. */
export type SeveralValues = ReadonlyMap<string, readonly string[]>;

/** Of a comment block or ASF header: beyond are pictures. */
const MAX_BLOCK_BYTES = 16 * 1024 * 1024;
const MAX_ASF_BYTES = 512 * 1024;
/** Of one file, as many values and as long in all: a few bytes may be a value, and some files consist of nothing else. */
const MAX_PAIRS = 10_000;
const MAX_CHARACTERS = 4 * 1024 * 1024;
/** What is read at once, so that a header of many small parts is not as many reads. */
const WINDOW_BYTES = 16 * 1024;

/** @param start the first bytes of the file. Never throws for what is in it. */
export async function readSeveralValues(
  read: ReadBytes,
  start: Buffer,
  sizeBytes: number,
): Promise<SeveralValues> {
  const values = new Map<string, Set<string>>();
  let [pairs, characters] = [0, 0];
  for await (const [name, value] of pairsOf(read, start, sizeBytes)) {
    pairs += 1;
    characters += name.length + value.length;
    if (pairs > MAX_PAIRS || characters > MAX_CHARACTERS) break;
    // Figures are genres of ID3v1's list, which FFmpeg knows by name.
    if (value.trim() === '' || (name === 'genre' && /^[\d()]+$/.test(value))) continue;
    values.set(name, (values.get(name) ?? new Set()).add(value));
  }
  // Each value once, in the order of the file.
  return new Map([...values].filter(([, set]) => set.size > 1).map(([name, set]) => [name, [...set]]));
}

/** Each reader goes on only as far as it is asked to. */
async function* pairsOf(read: ReadBytes, start: Buffer, sizeBytes: number): AsyncGenerator<TagPair> {
  const begins = (text: string, at = 0): boolean => start.toString('latin1', at, at + text.length) === text;
  if (begins('OggS')) {
    const packet = await oggCommentPacket(read);
    if (packet !== undefined) yield* vorbisComments(packet.block);
    return;
  }
  if (begins('WAVE', 8)) return yield* chunkTexts(read, sizeBytes, 'LE');
  if (begins('FORM')) return yield* chunkTexts(read, sizeBytes, 'BE');
  if (/^(ftyp|moov|mdat|free|skip|wide)$/.test(start.toString('latin1', 4, 8)))
    return yield* mp4Texts(read, sizeBytes);
  if (begins('\x30\x26\xb2\x75')) return yield* asfTexts(await read(0, Math.min(sizeBytes, MAX_ASF_BYTES)));
  const behindId3 = (await id3End(read, 0)) ?? 0;
  const isFlac = (await read(behindId3, 4)).toString('latin1') === 'fLaC';
  const block = isFlac ? await flacCommentBlock(read, behindId3) : undefined;
  if (block !== undefined && block.length <= MAX_BLOCK_BYTES)
    return yield* vorbisComments(await read(block.at, block.length));
  const known = new Set<string>();
  for await (const pair of id3Texts(read, 0)) {
    known.add(pair[0]);
    yield pair;
  }
  for await (const pair of apeTexts(read, sizeBytes)) if (!known.has(pair[0])) yield pair;
}

/** A file whose tags are of more parts than this was made to take time. */
const MAX_READS = 20_000;

/**
 * Reads of a file, made as few as they can be.
 * @param windowBytes what is read at once.
 * @param most beyond so many the file seems to be at its end.
 */
export function windowed(file: FileHandle, windowBytes = WINDOW_BYTES, most = MAX_READS): ReadBytes {
  let left = most;
  let windowAt = 0;
  let window: Buffer = Buffer.alloc(0);
  return async (at, length) => {
    left -= 1;
    if (left < 0) return Buffer.alloc(0);
    const isInside = at >= windowAt && at + length <= windowAt + window.length;
    if (!isInside) {
      window = await readAt(file, at, Math.max(length, windowBytes));
      windowAt = at;
    }
    return window.subarray(at - windowAt, at - windowAt + length);
  };
}
