/** Sun's AU. FFmpeg reads it up to the end of the file whatever it declares, but refuses more than 2 GiB (of 4). */
import type { FileHandle } from 'node:fs/promises';
import { uint32BE } from '../../byte-order.ts';
import { writePatches } from './patch.ts';

const SIZE_AT = 8;
const UNKNOWN = 0xffff_ffff;
const MOST = 0x7fff_ffff;

/** Lets the header say that it does not know how long the sound is. @param file open for reading and writing. */
export async function mendAu(file: FileHandle, start: Buffer): Promise<void> {
  const isLong =
    start.toString('latin1', 0, 4) === '.snd' && start.length >= 12 && start.readUInt32BE(SIZE_AT) > MOST;
  if (isLong) await writePatches(file, [{ at: SIZE_AT, bytes: uint32BE(UNKNOWN) }]);
}
