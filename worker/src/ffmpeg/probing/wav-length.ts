/** The length that a WAV header declares. */
import type { FileHandle } from 'node:fs/promises';
import { readAt } from './read-at.ts';

/** Sizes at and above this are what writers put who could not go back: ffmpeg and sox on pipes. */
const UNKNOWN_SIZE = 0x7fff_0000;
/** Real files have a handful of chunks before the sound. */
const MAX_CHUNKS = 64;

/**
 * Seconds that a WAV header declares, when the file is too short to hold them; else undefined. FFmpeg reports
 * only what is there, without a word, so a file that was cut off would pass for a shorter one.
 */
export async function declaredSecondsOfCutWav(
  file: FileHandle,
  sizeBytes: number,
): Promise<number | undefined> {
  const riff = await readAt(file, 0, 12);
  if (riff.toString('latin1', 0, 4) !== 'RIFF' || riff.toString('latin1', 8, 12) !== 'WAVE') return undefined;
  let bytesPerSecond = 0;
  let at = 12;
  for (let chunk = 0; chunk < MAX_CHUNKS; chunk += 1) {
    const header = await readAt(file, at, 20);
    const name = header.toString('latin1', 0, 4);
    if (header.length < 8) return undefined;
    const length = header.readUInt32LE(4);
    if (name === 'fmt ' && header.length >= 20) bytesPerSecond = header.readUInt32LE(16);
    if (name === 'data') {
      const isCut = length > 0 && length < UNKNOWN_SIZE && at + 8 + length > sizeBytes;
      return isCut && bytesPerSecond > 0 ? length / bytesPerSecond : undefined;
    }
    at += 8 + length + (length % 2);
  }
  return undefined;
}
