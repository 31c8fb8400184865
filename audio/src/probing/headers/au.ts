/**
 * Sun's AU. FFmpeg reads it up to the end of the file whatever it declares, but refuses more than 2 GiB (of 4). Where a
 * number of the header is 0, 7.1 does not know the file as AU any more (`au_probe`), and could say nothing of it.
 */
import type { FileHandle } from 'node:fs/promises';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { uint32BE } from '../../byte-order.ts';
import { writePatches } from './patch.ts';
import { requireChannels } from './pcm-header.ts';

const SIZE_AT = 8;
const RATE_AT = 16;
const CHANNELS_AT = 20;
const HEADER_BYTES = 24;
const UNKNOWN = 0xffff_ffff;
const MOST = 0x7fff_ffff;

/**
 * Lets the header say that it does not know how long the sound is, where it declares too much or nothing.
 * @param file open for reading and writing.
 * @throws Failure UNSUPPORTED_SAMPLE_RATE, UNSUPPORTED_CHANNELS for none.
 */
export async function mendAu(file: FileHandle, start: Buffer): Promise<void> {
  if (start.toString('latin1', 0, 4) !== '.snd' || start.length < HEADER_BYTES) return;
  const sampleRate = start.readUInt32BE(RATE_AT);
  const channels = start.readUInt32BE(CHANNELS_AT);
  if (sampleRate === 0) throw new Failure('UNSUPPORTED_SAMPLE_RATE', { detail: { sampleRate } });
  requireChannels(channels);
  const sizeBytes = start.readUInt32BE(SIZE_AT);
  if (sizeBytes === 0 || sizeBytes > MOST)
    await writePatches(file, [{ at: SIZE_AT, bytes: uint32BE(UNKNOWN) }]);
}
