/** Headers that do not say what the file holds, put right in our copy before FFmpeg reads it. */
import type { FileHandle } from 'node:fs/promises';
import { readAt } from '../read-at.ts';
import { readAiff } from './aiff.ts';
import { readCaf } from './caf.ts';
import { isChunkAt } from './chunks.ts';
import type { HeaderReader, PcmHeader } from './pcm-header.ts';
import { readRiff } from './riff.ts';
import { readW64 } from './w64.ts';

const readers: readonly HeaderReader[] = [readRiff, readW64, readAiff, readCaf];

/** Bytes behind the sound that are no sound: padding, and what is too little for a chunk. */
const LEAST_TRAIL_BYTES = 16;
/** Zeros over this length are no sound either: recorders reserve room ahead. */
const PADDING_BYTES = 1024 ** 2;
/** What other programs hang on to the end of any file: ID3v1, ID3v2 and APE tags, Lyrics3. */
const foreignTag = /^(TAG|ID3|APETAGEX|LYRICSBEGIN)/;

/** What a file's header says of its length and its samples, against what is there. Seconds of sound. */
export interface HeaderTruth {
  /** What the header declares, when the file holds less. */
  readonly promisedSeconds: number | undefined;
  /** What is there, when the header declares another length; undefined when it does not. */
  readonly presentSeconds: number | undefined;
  /** Sound goes on behind the declared end. */
  readonly hasTrailingData: boolean;
  /** Bits of each sample that mean something, when those are fewer than it takes room for. */
  readonly validBits: number | undefined;
}

/**
 * Reads the header of a file with plain samples, and puts right where it stands what FFmpeg would follow: a length that is
 * shorter than the sound (a recorder that crashed, 4 GiB that wrapped), and a depth that is not the room that samples
 * take, by which FFmpeg 5.1 reads noise.
 * @param file open for reading and writing.
 * @returns undefined for other files.
 */
export async function mendHeader(
  file: FileHandle,
  start: Buffer,
  fileBytes: number,
): Promise<HeaderTruth | undefined> {
  const header = await readHeader(file, start, fileBytes);
  if (header === undefined) return undefined;
  for (const { at, bytes } of header.depthPatches) await file.write(bytes, 0, bytes.length, at);
  return { validBits: header.validBits, ...(await mendLength(file, header, fileBytes)) };
}

async function readHeader(
  file: FileHandle,
  start: Buffer,
  fileBytes: number,
): Promise<PcmHeader | undefined> {
  for (const read of readers) {
    const header = await read(file, start, fileBytes);
    if (header !== undefined) return header;
  }
  return undefined;
}

const asDeclared = { promisedSeconds: undefined, presentSeconds: undefined, hasTrailingData: false };

async function mendLength(
  file: FileHandle,
  { style, dataAt, declaredBytes, bytesPerSecond, sizePatches }: PcmHeader,
  fileBytes: number,
): Promise<Omit<HeaderTruth, 'validBits'>> {
  const presentBytes = fileBytes - dataAt;
  if (declaredBytes === undefined || presentBytes <= 0) return asDeclared;
  // A rate may be anything in a hostile header.
  if (bytesPerSecond === undefined || !(bytesPerSecond >= 1 && bytesPerSecond < Infinity)) return asDeclared;
  const presentSeconds = presentBytes / bytesPerSecond;
  if (declaredBytes > presentBytes) {
    return { promisedSeconds: declaredBytes / bytesPerSecond, presentSeconds, hasTrailingData: false };
  }
  const behind = dataAt + declaredBytes;
  if (fileBytes - behind < LEAST_TRAIL_BYTES) return asDeclared;
  const aligned = Math.ceil(behind / style.alignment) * style.alignment;
  for (const at of new Set([behind, aligned])) {
    if (await isChunkAt(file, style, at, fileBytes)) return asDeclared;
  }
  const next = await readAt(file, behind, PADDING_BYTES);
  if (foreignTag.test(next.toString('latin1', 0, 12)) || next.every((byte) => byte === 0)) return asDeclared;
  const patches = sizePatches(presentBytes);
  if (patches.length === 0) return asDeclared;
  for (const { at, bytes } of patches) await file.write(bytes, 0, bytes.length, at);
  return { promisedSeconds: undefined, presentSeconds, hasTrailingData: true };
}
