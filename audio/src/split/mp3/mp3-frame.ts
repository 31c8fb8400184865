/** What a frame of layer III says of itself: the parts of its side information that two streams have to agree on. */
import { Bits } from '../bits.ts';

/** A frame with what is read of it (ISO 11172-3 §2.4.1.7, ISO 13818-3 §2.4.1.7). */
export interface Mp3Frame {
  /** All of it: header, side information, and a slot of main data. */
  readonly bytes: Buffer;
  /** Bytes of header and side information. The slot of main data follows. */
  readonly sideEnd: number;
  /** How many bytes before its own slot its main data begins. */
  readonly mainDataBegin: number;
  /** Bytes of its main data, from there. */
  readonly mainDataBytes: number;
  /** The windows of its last granule, a figure a channel: what overlaps with the next frame. */
  readonly lastWindows: readonly number[];
}

/** The two granules of MPEG-1; MPEG-2 and 2.5 have one. */
const GRANULES = 2;

/** Hz up to which frames are those of MPEG-2 and 2.5. */
const MPEG2_RATE = 24_000;

/** Samples of a frame at a rate in Hz. */
export function samplesOfFrame(sampleRate: number): number {
  return sampleRate <= MPEG2_RATE ? 576 : 1152;
}

/** Reads the side information; undefined for a frame with a checksum of its own, which no encoder of ours writes. */
export function readMp3Frame(bytes: Buffer): Mp3Frame | undefined {
  const isMpeg1 = ((bytes[1] ?? 0) & 0x08) !== 0;
  const hasChecksum = ((bytes[1] ?? 0) & 0x01) === 0;
  const channels = (bytes[3] ?? 0) >> 6 === 3 ? 1 : 2;
  const sideEnd = 4 + sideBytes(isMpeg1, channels);
  if (hasChecksum || bytes.length < sideEnd) return undefined;

  const bits = new Bits(bytes, 4);
  const mainDataBegin = bits.take(isMpeg1 ? 9 : 8);
  bits.skip(isMpeg1 ? (channels === 1 ? 5 : 3) : channels);
  if (isMpeg1) bits.skip(4 * channels);
  const granules = isMpeg1 ? GRANULES : 1;
  let mainDataBits = 0;
  const windows: number[] = [];
  for (let part = 0; part < granules * channels; part += 1) {
    mainDataBits += bits.take(12);
    bits.skip(9 + 8 + (isMpeg1 ? 4 : 9));
    const isSwitched = bits.take(1) === 1;
    // The type of block and whether the lowest bands are long all the same.
    windows.push(isSwitched ? 1 + bits.take(3) : 0);
    bits.skip((isSwitched ? 19 : 22) + (isMpeg1 ? 3 : 2));
  }
  return {
    bytes,
    sideEnd,
    mainDataBegin,
    mainDataBytes: Math.ceil(mainDataBits / 8),
    lastWindows: windows.slice(-channels),
  };
}

/** Changes where the main data of a frame begins. */
export function writeMainDataBegin(frame: Buffer, bytesBefore: number): void {
  const isMpeg1 = ((frame[1] ?? 0) & 0x08) !== 0;
  if (!isMpeg1) {
    frame.writeUInt8(bytesBefore, 4);
    return;
  }
  frame.writeUInt8(bytesBefore >> 1, 4);
  frame.writeUInt8(((frame[5] ?? 0) & 0x7f) | ((bytesBefore & 1) << 7), 5);
}

function sideBytes(isMpeg1: boolean, channels: number): number {
  if (isMpeg1) return channels === 1 ? 17 : 32;
  return channels === 1 ? 9 : 17;
}
