/** The length that a LAME header declares. */
import type { FileHandle } from 'node:fs/promises';
import { readAt } from './read-at.ts';

/** Bytes read behind the ID3 tag; the first frame has at most 1,441. */
const FRAME_BYTES = 4_096;

/**
 * The exact length in seconds of an MP3 with a LAME header, from that header: frames less the encoder's
 * delay and padding. ffprobe's duration counts those too, which is 45 ms at 44.1 kHz and 0.2 s at 8 kHz.
 * Undefined when the file has no such header. Only meant for our own results.
 */
export async function exactMp3Seconds(file: FileHandle, sampleRate: number): Promise<number | undefined> {
  const id3 = await readAt(file, 0, 10);
  const frameAt = id3.toString('latin1', 0, 3) === 'ID3' ? 10 + syncSafe(id3) : 0;
  return parseLameHeader(await readAt(file, frameAt, FRAME_BYTES), sampleRate);
}

/** Parses the first frame of an MP3; layout of the header: gabriel.mp3-tech.org/mp3infotag.html. */
function parseLameHeader(frame: Buffer, sampleRate: number): number | undefined {
  if (frame.length < 200 || frame[0] !== 0xff || ((frame[1] ?? 0) & 0xe0) !== 0xe0) return undefined;
  const isMpeg1 = ((frame[1] ?? 0) & 0x18) === 0x18;
  const isMono = ((frame[3] ?? 0) & 0xc0) === 0xc0;
  const sideInfo = isMpeg1 ? (isMono ? 17 : 32) : isMono ? 9 : 17;
  let at = 4 + sideInfo;
  if (!/^(Xing|Info)$/.test(frame.toString('latin1', at, at + 4))) return undefined;
  const flags = frame.readUInt32BE(at + 4);
  if ((flags & 1) === 0) return undefined;
  const frames = frame.readUInt32BE(at + 8);
  at += 12 + (flags & 2 ? 4 : 0) + (flags & 4 ? 100 : 0) + (flags & 8 ? 4 : 0);
  const trims = frame.readUIntBE(at + 21, 3);
  const samples = frames * (isMpeg1 ? 1152 : 576) - (trims >> 12) - (trims & 0xfff);
  return samples > 0 ? samples / sampleRate : undefined;
}

/** ID3v2 sizes have 7 bits in a byte. */
function syncSafe(id3: Buffer): number {
  return [6, 7, 8, 9].reduce((size, at) => size * 128 + ((id3[at] ?? 0) & 0x7f), 0);
}
