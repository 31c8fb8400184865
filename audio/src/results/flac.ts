/** FLAC (RFC 9639): the muxer writes into the head, as its last act, how many samples there are and what their sum is. */
import type { ReadSound } from './read-sound.ts';

/** The head: STREAMINFO has to be the first block, and is so long. */
const INFO_AT = 8;
const INFO_BYTES = 34;

export async function readFlac(bytes: Buffer): Promise<ReadSound | undefined> {
  if (bytes.toString('latin1', 0, 4) !== 'fLaC' || (bytes.readUInt32BE(4) & 0x7fffffff) !== INFO_BYTES) {
    return undefined;
  }
  const packed = bytes.readBigUInt64BE(INFO_AT + 10);
  const sampleRate = Number(packed >> 44n);
  const channels = Number((packed >> 41n) & 7n) + 1;
  const samples = Number(packed & 0xfffffffffn);
  // No sound, a muxer that did not come to its end, or a file that is cut off.
  if (sampleRate === 0 || samples === 0 || !endsWithFrame(bytes, soundAt(bytes))) return undefined;
  return { codec: 'flac', durationSeconds: samples / sampleRate, paddingSeconds: 0, sampleRate, channels };
}

/** Behind the blocks, the last of which says that it is. */
function soundAt(bytes: Buffer): number {
  let at = 4;
  for (let isLast = false; !isLast; ) {
    isLast = bytes.readUInt8(at) >= 0x80;
    at += 4 + bytes.readUIntBE(at + 1, 3);
  }
  return at;
}

/**
 * Frames do not say how long they are; but the last one ends with the file, and with its checksum (§9.3).
 * @param bytes the file, or at least {@link MOST_FRAME_BYTES} of its end.
 */
export function endsWithFrame(bytes: Buffer, soundFrom: number): boolean {
  let looks = 0;
  for (let at = bytes.length - 2; at >= soundFrom; at -= 1) {
    if ((bytes.readUInt16BE(at) & 0xfffe) === 0xfff8) {
      if (crc16(bytes, at) === 0) return true;
      looks += 1;
    }
    if (looks === MOST_LOOKS || bytes.length - at > MOST_FRAME_BYTES) return false;
  }
  return false;
}
/** What looks like a beginning stands in noise every 32 KB; sound that is made to have one every 3 bytes would take seconds. */
const MOST_LOOKS = 64;
/** 4,608 samples of 8 channels and 24 bits take 111 KB where nothing can be packed. */
export const MOST_FRAME_BYTES = 128 * 1024;

/** x¹⁶ + x¹⁵ + x² + 1, the highest bits first, up to the end: 0 where that is the checksum itself. */
function crc16(bytes: Buffer, from: number): number {
  let rest = 0;
  for (let at = from; at < bytes.length; at += 1) {
    rest = ((rest << 8) & 0xffff) ^ (table[(rest >>> 8) ^ (bytes[at] as number)] as number);
  }
  return rest;
}

const table = Uint16Array.from({ length: 256 }, (_, byte) => {
  let rest = byte << 8;
  for (let bit = 0; bit < 8; bit += 1) rest = ((rest << 1) ^ (rest & 0x8000 ? 0x8005 : 0)) & 0xffff;
  return rest;
});
