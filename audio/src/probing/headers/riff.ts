/** WAV in its three sizes: RIFF, RF64 and BW64 (EBU Tech 3306, ITU-R BS.2088). */
import { readAt } from '../read-at.ts';
import { type ChunkStyle, chunksUpTo, fourLetters } from './chunks.ts';
import { containerBits, type HeaderReader, type Patch } from './pcm-header.ts';

const style: ChunkStyle = {
  headerBytes: 8,
  nameOf: fourLetters,
  sizeOf: (header) => header.readUInt32LE(4),
  alignment: 2,
};

/** Sizes at and above this are what writers put who could not go back: FFmpeg and SoX on pipes. */
const UNKNOWN_BYTES = 0x7fff_0000;
const LARGEST = 0xffff_ffff;
const PCM = 1;
const EXTENSIBLE = 0xfffe;

export const readRiff: HeaderReader = async (file, start, fileBytes) => {
  const kind = start.toString('latin1', 0, 4);
  if (!/^(RIFF|RF64|BW64)$/.test(kind) || start.toString('latin1', 8, 12) !== 'WAVE') return undefined;
  const chunks = await chunksUpTo(file, style, 12, 'data');
  const [data, fmt, ds64] = [chunks.get('data'), chunks.get('fmt '), chunks.get('ds64')];
  if (data === undefined || fmt === undefined) return undefined;
  const format = parseFormat(await readAt(file, fmt.bodyAt, 40), fmt.bodyAt);
  const is64 = kind !== 'RIFF' && ds64 !== undefined && data.sizeBytes === LARGEST;
  const longSize = is64 ? await readAt(file, ds64.bodyAt + 8, 8) : Buffer.alloc(8);
  if (longSize.length < 8) return undefined;
  const declaredBytes = is64 ? Number(longSize.readBigUInt64LE(0)) : data.sizeBytes;
  const isKnown = declaredBytes > 0 && (is64 || declaredBytes < UNKNOWN_BYTES || fileBytes > LARGEST);
  return {
    ...format,
    style,
    dataAt: data.bodyAt,
    declaredBytes: isKnown ? declaredBytes : undefined,
    sizePatches: (dataBytes) => {
      if (is64) return [{ at: ds64.bodyAt + 8, bytes: uint64(dataBytes) }];
      // The largest number stands for "up to the end of the file".
      return [{ at: data.at + 4, bytes: uint32(Math.min(dataBytes, LARGEST)) }];
    },
  };
};

/** What the `fmt ` chunk says, also where W64 has it. */
export function parseFormat(fmt: Buffer, at: number) {
  if (fmt.length < 16) return { bytesPerSecond: undefined, validBits: undefined, depthPatches: [] };
  const [tag, channels] = [fmt.readUInt16LE(0), fmt.readUInt16LE(2)];
  const [rate, averageBytes] = [fmt.readUInt32LE(4), fmt.readUInt32LE(8)];
  const [blockBytes, bits] = [fmt.readUInt16LE(12), fmt.readUInt16LE(14)];
  const isExtensible = tag === EXTENSIBLE && fmt.length >= 26;
  // The first two bytes of the sub-format are the tag that the format would have without the extension.
  const isPcm = tag === PCM || (isExtensible && fmt.readUInt16LE(24) === PCM);
  const room = channels > 0 ? containerBits(blockBytes, channels) : undefined;
  // The average is what a writer says; what plain samples take follows from their size.
  const bytesPerSecond = isPcm ? rate * blockBytes : averageBytes;
  const valid = isExtensible ? fmt.readUInt16LE(18) : bits;
  const depthPatches: Patch[] = [];
  const isNarrow = isPcm && room !== undefined && valid > 0 && valid < room && room <= 32;
  if (isNarrow) {
    if (bits !== room) depthPatches.push({ at: at + 14, bytes: uint16(room) });
    if (isExtensible) depthPatches.push({ at: at + 18, bytes: uint16(room) });
  }
  return {
    bytesPerSecond: bytesPerSecond > 0 ? bytesPerSecond : undefined,
    validBits: isNarrow ? valid : undefined,
    depthPatches,
  };
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** Eight bytes, the least first. */
export function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
