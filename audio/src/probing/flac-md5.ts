/** The checksum that a FLAC file carries of its own sound. */
import type { FileHandle } from 'node:fs/promises';
import { readAt } from './read-at.ts';

/** MD5 of all decoded samples, as FFmpeg can make it again. */
export interface SoundMd5 {
  readonly hex: string;
  /** FFmpeg's name of the plain samples that it is made of. */
  readonly codec: 'pcm_s16le' | 'pcm_s24le';
}

/** Where STREAMINFO has it, behind `fLaC` and the header of the block (RFC 9639 §8.2). */
const STREAMINFO_AT = 8;
const STREAMINFO_BYTES = 34;

/**
 * Reads it from the head of a FLAC file. Undefined for other files, for encoders that could not go back to write it, and
 * for depths of which FFmpeg makes other bytes.
 */
export async function soundMd5(file: FileHandle, start: Buffer): Promise<SoundMd5 | undefined> {
  if (start.toString('latin1', 0, 4) !== 'fLaC' || ((start[4] ?? 0) & 0x7f) !== 0) return undefined;
  const info = await readAt(file, STREAMINFO_AT, STREAMINFO_BYTES);
  if (info.length < STREAMINFO_BYTES) return undefined;
  const bits = (((info[12] ?? 0) & 1) << 4) + ((info[13] ?? 0) >> 4) + 1;
  const md5 = info.subarray(18);
  if ((bits !== 16 && bits !== 24) || md5.every((byte) => byte === 0)) return undefined;
  return { hex: md5.toString('hex'), codec: bits === 16 ? 'pcm_s16le' : 'pcm_s24le' };
}
