/** Headers that do not say what the file holds, put right in our copy before FFmpeg reads it. */
import type { FileHandle } from 'node:fs/promises';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { openOwnFile } from '../../own-files.ts';
import { readAt } from '../read-at.ts';
import { readAiff } from './aiff.ts';
import { readCaf } from './caf.ts';
import { areChunksAt, isChunkAt } from './chunks.ts';
import { type Patch, writePatches } from './patch.ts';
import type { HeaderReader, PcmHeader } from './pcm-header.ts';
import { isOpenEnded, plainHeader } from './plain-header.ts';
import { readRiff } from './riff.ts';
import { readW64 } from './w64.ts';

const readers: readonly HeaderReader[] = [readRiff, readW64, readAiff, readCaf];

/** Bytes behind the sound that are no sound: padding, and what is too little for a chunk. */
const LEAST_TRAIL_BYTES = 16;
/** Read at once where a file is looked through. */
const BLOCK_BYTES = 1024 ** 2;
const zeros = Buffer.alloc(BLOCK_BYTES);
/** What other programs hang on to the end of any file: ID3v1, ID3v2 and APE tags, Lyrics3. */
const foreignTag = /^(TAG|ID3|APETAGEX|LYRICSBEGIN)/;
/** At which a size of 32 bits begins at 0 again. */
const WRAP_BYTES = 2 ** 32;

/** What a file's header says of its length and its samples, against what is there. Seconds of sound. */
export interface HeaderTruth {
  /** What the header declares, when the file holds less. */
  readonly promisedSeconds: number | undefined;
  /** What is there, when the header declares another length or none; undefined when it does not. */
  readonly presentSeconds: number | undefined;
  /** `presentSeconds` follow from an average bitrate that the header declares. */
  readonly isEstimate: boolean;
  /** Sound goes on behind the declared end. */
  readonly hasTrailingData: boolean;
  /** Bits of each sample that mean something, when those are fewer than it takes room for. */
  readonly validBits: number | undefined;
  /** The header with which FFmpeg reads the sound right; undefined when it does with the file's own. */
  readonly replacement: Replacement | undefined;
}

/** A simpler header, without any tags: for when those have been read. The sound goes up to the end of the file then. */
export interface Replacement {
  readonly patches: readonly Patch[];
  /** Where the sound ends, and the file with it. */
  readonly endAt: number;
  /** Whether FFmpeg is not told where that is: it takes the last packet, which is cut short, for a damaged one. */
  readonly isOpenEnded: boolean;
}

/**
 * Reads the header of a file with plain samples, and puts right where it stands what FFmpeg would follow: a length that is
 * shorter than the sound (a recorder that crashed, 4 GiB that wrapped) or missing, and a depth that is not the room that
 * samples take, by which FFmpeg 5.1 reads noise.
 * @param file open for reading and writing.
 * @returns undefined for other files.
 * @throws Failure NO_DECODABLE_AUDIO for samples that would come out as noise, and where there are none.
 */
export async function mendHeader(
  file: FileHandle,
  start: Buffer,
  fileBytes: number,
): Promise<HeaderTruth | undefined> {
  const header = await readHeader(file, start, fileBytes);
  if (header === undefined) return undefined;
  await writePatches(file, header.fixes);
  return { validBits: header.validBits, ...(await mendLength(file, header, fileBytes)) };
}

/** Puts the simpler header in place of the file's own. @throws Failure CONVERSION_FAILED when it is no plain file. */
export async function replaceHeader(path: string, { patches, endAt }: Replacement): Promise<void> {
  const file = await openOwnFile(path, 'change');
  try {
    await file?.truncate(endAt);
    if (file !== undefined) await writePatches(file, patches);
  } finally {
    await file?.close();
  }
}

/** Of whichever family it is; undefined for other files. */
export async function readHeader(
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

const asDeclared = {
  promisedSeconds: undefined,
  presentSeconds: undefined,
  isEstimate: false,
  hasTrailingData: false,
  replacement: undefined,
};

async function mendLength(
  file: FileHandle,
  header: PcmHeader,
  fileBytes: number,
): Promise<Omit<HeaderTruth, 'validBits'>> {
  const { dataAt, declaredBytes, bytesPerSecond } = header;
  const presentBytes = fileBytes - dataAt;
  if (presentBytes <= 0) return asDeclared;
  // A rate may be anything in a hostile header.
  if (bytesPerSecond === undefined || !(bytesPerSecond >= 1 && bytesPerSecond < Infinity)) return asDeclared;
  const isLess = declaredBytes !== undefined && declaredBytes > presentBytes;
  const soundBytes = isLess ? presentBytes : await lengthOf(file, header, fileBytes);
  // FFmpeg would read on, and make sound of the text behind.
  if (soundBytes === 0) throw new Failure('NO_DECODABLE_AUDIO');
  const replacement = replacementOf(header, soundBytes);
  // No header tells FFmpeg of these: integers of 40 bits, sound that begins at an odd place.
  if (header.isMisread && replacement === undefined) throw new Failure('NO_DECODABLE_AUDIO');
  const hasTrailingData = declaredBytes !== undefined && soundBytes > declaredBytes;
  const isRead = header.isFollowed && !hasTrailingData;
  // Where more is declared than there is, FFmpeg reads up to the end of the file.
  if (!isRead) await writePatches(file, header.sizePatches(soundBytes));
  if (isRead && !isLess && replacement === undefined) return asDeclared;
  return {
    promisedSeconds: isLess ? declaredBytes / bytesPerSecond : undefined,
    presentSeconds: soundBytes / bytesPerSecond,
    isEstimate: header.isAverage,
    hasTrailingData,
    replacement,
  };
}

/** Bytes of sound, where the file holds at least what is declared: as declared, or else up to the end of the file. */
async function lengthOf(
  file: FileHandle,
  { style, dataAt, declaredBytes }: PcmHeader,
  fileBytes: number,
): Promise<number> {
  const presentBytes = fileBytes - dataAt;
  if (declaredBytes === undefined)
    return (await areChunksAt(file, style, dataAt, fileBytes)) ? 0 : presentBytes;
  /** Whether the file ends there, or goes on with a chunk. */
  const isEnd = async (soundBytes: number): Promise<boolean> => {
    const behind = dataAt + soundBytes;
    if (fileBytes - behind < LEAST_TRAIL_BYTES) return true;
    const aligned = Math.ceil(behind / style.alignment) * style.alignment;
    for (const at of new Set([behind, aligned])) {
      if (await isChunkAt(file, style, at, fileBytes)) return true;
    }
    return false;
  };
  const wraps = Math.floor((presentBytes - declaredBytes) / WRAP_BYTES);
  const unwrapped = declaredBytes + wraps * WRAP_BYTES;
  if (await isEnd(unwrapped)) return unwrapped;
  if (wraps > 0 && (await isEnd(declaredBytes))) return declaredBytes;
  return (await isNoSound(file, style, dataAt + declaredBytes, fileBytes)) ? declaredBytes : presentBytes;
}

/** Whether what is there from `at` on is another program's, or was only reserved: zeros, up to that or to the file's end. */
async function isNoSound(
  file: FileHandle,
  style: PcmHeader['style'],
  at: number,
  fileBytes: number,
): Promise<boolean> {
  const from = await behindZeros(file, at);
  if (from === undefined || foreignTag.test((await readAt(file, from, 12)).toString('latin1'))) return true;
  return await areChunksAt(file, style, from, fileBytes);
}

/** Where something else than zeros begins; undefined where nothing does. */
async function behindZeros(file: FileHandle, at: number): Promise<number | undefined> {
  for (let from = at; ; from += BLOCK_BYTES) {
    const block = await readAt(file, from, BLOCK_BYTES);
    if (!block.equals(zeros.subarray(0, block.length))) return from + block.findIndex((byte) => byte !== 0);
    if (block.length < BLOCK_BYTES) return undefined;
  }
}

/** What FFmpeg has to be told in place of what the file says. */
function replacementOf(
  { samples, dataAt, mostBytes, isMisread }: PcmHeader,
  soundBytes: number,
): Replacement | undefined {
  if (soundBytes <= mostBytes && !isMisread) return undefined;
  const patches = samples === undefined ? [] : plainHeader(samples, dataAt, soundBytes);
  return patches && { patches, endAt: dataAt + soundBytes, isOpenEnded: isOpenEnded(soundBytes) };
}
