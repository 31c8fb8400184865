/** What a codec may ask for before its segments are placed. */
import type { FileHandle } from 'node:fs/promises';

/** Encodes a part of the sound, from and to samples of the result, and answers what `read` makes of its file. */
export type Rehearse = <Read>(
  startSample: number,
  endSample: number,
  read: (file: FileHandle) => Promise<Read>,
) => Promise<Read>;
