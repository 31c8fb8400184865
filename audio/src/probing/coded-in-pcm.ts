/**
 * Coded sound in the place of samples, as on discs that are played into a receiver. FFmpeg looks for it in what a WAV calls
 * samples, and decodes it (`set_spdif` and `handle_stream_probing` of its wavdec.c).
 */
import { type FrameKind, frameBytes } from './frames.ts';

/** So much of the sound is looked at: FFmpeg takes 32 packets of 4 KiB at the most. */
export const LOOK_BYTES = 256 * 1024;

/** Words with which frames begin: IEC 61937; DTS in its four orders and its extension; TrueHD. In noise one file of ten thousand has one. */
const words = ['72f81f4e', '7ffe8001', 'fe7f0180', '1fffe800', 'ff1f00e8', '64582025', 'f8726fba'].map(
  (word) => Buffer.from(word, 'hex'),
);
const AC3 = [0x0b77, 0x770b];
const LOAS = 0x56e0;
const kinds: readonly FrameKind[] = ['mp3', 'adts'];

/** Whether it may be: then FFmpeg has to be asked. @param sound its first {@link LOOK_BYTES}. */
export function mayBeCoded(sound: Buffer): boolean {
  return words.some((word) => sound.includes(word)) || beginsAsFrames(sound);
}

/** Of kinds whose beginning is too short to be looked for anywhere: silence, and then a run of frames. */
function beginsAsFrames(sound: Buffer): boolean {
  const first = sound.findIndex((byte) => byte !== 0);
  const start = sound.subarray(Math.max(0, first));
  if (start.length < 2) return false;
  const word = start.readUInt16BE(0);
  if (AC3.includes(word) || (word & 0xffe0) === LOAS) return true;
  return kinds.some((kind) => {
    const bytes = frameBytes(kind, start);
    return bytes !== undefined && frameBytes(kind, start.subarray(bytes)) !== undefined;
  });
}
