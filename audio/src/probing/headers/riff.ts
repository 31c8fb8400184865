/**
 * WAV in its sizes: RIFF, RF64 and BW64 (EBU Tech 3306, ITU-R BS.2088); and RIFX, which is RIFF with the greatest byte of
 * each number and sample first.
 */
import { uint32BE } from '../../byte-order.ts';
import { readAt } from '../read-at.ts';
import { type Chunk, type ChunkStyle, chunksUpTo, fourLetters } from './chunks.ts';
import type { Patch } from './patch.ts';
import { containerBits, type HeaderReader, knownBytes, requireChannels } from './pcm-header.ts';
import type { PlainSamples } from './plain-header.ts';

type Order = PlainSamples['order'];

const HEADER_BYTES = 8;

const styleOf = (order: Order): ChunkStyle => ({
  headerBytes: HEADER_BYTES,
  nameOf: fourLetters,
  sizeOf: (header) => (order === 'LE' ? header.readUInt32LE(4) : header.readUInt32BE(4)),
  alignment: 2,
});

/** What writers put who could not go back: nothing, about 2 GiB (SoX, arecord) or about 4 GiB (FFmpeg) on pipes. */
const isPlaceholder = (size: number): boolean =>
  size === 0 || (size >= 0x7fff_0000 && size <= 0x8000_0000) || size >= 0xffff_0000;
/** The largest number stands for "up to the end of the file". */
const LARGEST = 0xffff_ffff;
/** Of RIFX, FFmpeg takes no format that is longer. */
const PLAIN_FORMAT_BYTES = 16;
const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;

export const readRiff: HeaderReader = async (file, start, fileBytes) => {
  const kind = start.toString('latin1', 0, 4);
  if (!/^(RIF[FX]|RF64|BW64)$/.test(kind) || start.toString('latin1', 8, 12) !== 'WAVE') return undefined;
  const order = kind === 'RIFX' ? 'BE' : 'LE';
  const style = styleOf(order);
  const chunks = await chunksUpTo(file, style, FIRST_CHUNK_AT, 'data');
  const [data, fmt, ds64] = [chunks.get('data'), chunks.get('fmt '), chunks.get('ds64')];
  if (data === undefined || fmt === undefined) return undefined;
  const { fixes: narrow, ...format } = parseFormat(
    await readAt(file, fmt.bodyAt, Math.min(fmt.sizeBytes, 40)),
    fmt.bodyAt,
    order,
  );
  const fixes = [...narrow, ...(order === 'BE' ? shortened(fmt, format.tag) : [])];
  const common = { ...format, style, dataAt: data.bodyAt };
  const isLong = /64$/.test(kind);
  if (isLong && ds64?.at === FIRST_CHUNK_AT) {
    const size = await readAt(file, ds64.bodyAt + 8, 8);
    if (size.length < 8) return undefined;
    const longBytes = knownBytes(Number(size.readBigUInt64LE(0)));
    return {
      ...common,
      declaredBytes: longBytes ?? shortBytes(data, fileBytes),
      isFollowed: longBytes !== undefined,
      mostBytes: Number.POSITIVE_INFINITY,
      fixes,
      sizePatches: (dataBytes) => [{ at: ds64.bodyAt + 8, bytes: uint64(dataBytes) }],
    };
  }
  const declaredBytes = shortBytes(data, fileBytes);
  return {
    ...common,
    declaredBytes,
    isFollowed: declaredBytes !== undefined,
    mostBytes: LARGEST - 1,
    // Without the chunk that has the long sizes it is a RIFF by another name.
    fixes: isLong ? [...fixes, { at: 0, bytes: Buffer.from('RIFF') }] : fixes,
    sizePatches: (dataBytes) => {
      const size = Math.min(dataBytes, LARGEST);
      return [{ at: data.at + 4, bytes: order === 'LE' ? uint32(size) : uint32BE(size) }];
    },
  };
};

const FIRST_CHUNK_AT = 12;

/** FFmpeg opens no RIFX whose format is longer than the plain one, 18 bytes or 40: what is beyond becomes padding. */
function shortened({ at, bodyAt, sizeBytes }: Chunk, tag: number | undefined): readonly Patch[] {
  if (tag === undefined) return [];
  // Behind an odd size is a byte of padding: 17 end where 18 do, and are not too long for FFmpeg.
  if (sizeBytes === PLAIN_FORMAT_BYTES + 2) return [{ at: at + 4, bytes: uint32BE(sizeBytes - 1) }];
  const restBytes = sizeBytes - PLAIN_FORMAT_BYTES - HEADER_BYTES;
  if (restBytes < 0) return [];
  return [
    { at: at + 4, bytes: uint32BE(PLAIN_FORMAT_BYTES) },
    { at: bodyAt, bytes: uint16(tag).reverse() },
    {
      at: bodyAt + PLAIN_FORMAT_BYTES,
      bytes: Buffer.concat([Buffer.from('JUNK'), uint32BE(restBytes)]),
    },
  ];
}

/** What 32 bits declare. */
function shortBytes({ sizeBytes, bodyAt }: Chunk, fileBytes: number): number | undefined {
  if (!isPlaceholder(sizeBytes)) return sizeBytes;
  const isThere = sizeBytes > 0 && sizeBytes < LARGEST && sizeBytes <= fileBytes - bodyAt;
  return isThere ? sizeBytes : undefined;
}

/** What the `fmt ` chunk says, also where W64 has it. @throws Failure UNSUPPORTED_CHANNELS for none. */
export function parseFormat(fmt: Buffer, at: number, order: Order = 'LE') {
  const [u16, u32] =
    order === 'LE'
      ? [(from: number) => fmt.readUInt16LE(from), (from: number) => fmt.readUInt32LE(from)]
      : [(from: number) => fmt.readUInt16BE(from), (from: number) => fmt.readUInt32BE(from)];
  const unknown = {
    bytesPerSecond: undefined,
    isAverage: true,
    validBits: undefined,
    samples: undefined,
    tag: undefined,
  };
  if (fmt.length < PLAIN_FORMAT_BYTES) return { ...unknown, fixes: [], isMisread: false };
  const [tag, channels] = [u16(0), u16(2)];
  requireChannels(channels);
  const [rate, averageBytes] = [u32(4), u32(8)];
  const [blockBytes, bits] = [u16(12), u16(14)];
  const isExtensible = tag === EXTENSIBLE && fmt.length >= 28;
  // The sub-format begins with the number that the format would have without the extension.
  const plainTag = isExtensible ? u32(24) : tag;
  const isPcm = plainTag === PCM;
  const room = channels > 0 ? containerBits(blockBytes, channels) : undefined;
  const valid = isExtensible ? u16(18) : bits;
  const fixes: Patch[] = [];
  const isNarrow = isPcm && room !== undefined && valid > 0 && valid < room && room <= 32;
  if (isNarrow) {
    const width = order === 'LE' ? uint16(room) : uint16(room).reverse();
    if (bits !== room) fixes.push({ at: at + 14, bytes: width });
    if (isExtensible) fixes.push({ at: at + 18, bytes: width });
  }
  const isPlain = room !== undefined && (isPcm || plainTag === FLOAT);
  // The average is what a writer says; what plain samples take follows from their size.
  const bytesPerSecond = isPlain ? rate * blockBytes : averageBytes;
  // FFmpeg reads the numbers of RIFX as they are written, and its samples as if they were those of RIFF.
  const isMisread = order === 'BE' && isPlain && room > 8;
  const kind = isPcm ? 'integer' : 'float';
  const samples: PlainSamples | undefined = isMisread
    ? { order, kind, bytes: room / 8, channels, rate }
    : undefined;
  return {
    bytesPerSecond: bytesPerSecond > 0 ? bytesPerSecond : undefined,
    isAverage: !isPlain,
    validBits: isNarrow ? valid : undefined,
    fixes,
    samples,
    isMisread,
    /** The format's number, without any extension; undefined for one that has none. */
    tag: plainTag <= 0xffff ? plainTag : undefined,
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
