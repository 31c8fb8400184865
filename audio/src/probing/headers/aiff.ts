/** AIFF and AIFF-C (Apple, 1989 and 1991). Samples lie in as few bytes as hold them, so no depth is wrong here. */
import { uint32BE } from '../../byte-order.ts';
import { readAt } from '../read-at.ts';
import { type ChunkStyle, chunksUpTo, fourLetters } from './chunks.ts';
import type { HeaderReader } from './pcm-header.ts';

const style: ChunkStyle = {
  headerBytes: 8,
  nameOf: fourLetters,
  sizeOf: (header) => header.readUInt32BE(4),
  alignment: 2,
};

/** The sound chunk begins with an offset and a block size. */
const PREFIX_BYTES = 8;
const LARGEST = 0xffff_ffff;
/** Kinds of AIFF-C whose samples are as wide as they say. */
const plain = /^(NONE|twos|sowt|fl32|FL32|fl64|FL64|raw |in24|in32)$/;

export const readAiff: HeaderReader = async (file, start) => {
  if (start.toString('latin1', 0, 4) !== 'FORM') return undefined;
  const kind = start.toString('latin1', 8, 12);
  if (kind !== 'AIFF' && kind !== 'AIFC') return undefined;
  const chunks = await chunksUpTo(file, style, 12, 'SSND');
  const [data, comm] = [chunks.get('SSND'), chunks.get('COMM')];
  if (data === undefined || comm === undefined) return undefined;
  const common = await readAt(file, comm.bodyAt, 22);
  if (common.length < 18) return undefined;
  const frameBytes = common.readUInt16BE(0) * Math.ceil(common.readUInt16BE(6) / 8);
  const isPlain = kind === 'AIFF' || plain.test(common.toString('latin1', 18, 22));
  const prefix = await readAt(file, data.bodyAt, PREFIX_BYTES);
  if (prefix.length < PREFIX_BYTES) return undefined;
  const before = PREFIX_BYTES + prefix.readUInt32BE(0);
  return {
    style,
    dataAt: data.bodyAt + before,
    declaredBytes: data.sizeBytes > before && data.sizeBytes < LARGEST ? data.sizeBytes - before : undefined,
    bytesPerSecond: isPlain && frameBytes > 0 ? frameBytes * extended(common, 8) : undefined,
    validBits: undefined,
    depthPatches: [],
    sizePatches: (dataBytes) => {
      const frames = frameBytes > 0 ? Math.floor(dataBytes / frameBytes) : 0;
      if (!isPlain || dataBytes + before > LARGEST) return [];
      return [
        { at: data.at + 4, bytes: uint32BE(dataBytes + before) },
        { at: comm.bodyAt + 2, bytes: uint32BE(frames) },
      ];
    },
  };
};

/** A number of IEEE 754's 80-bit format: the sample rate is one. */
function extended(bytes: Buffer, at: number): number {
  const exponent = (bytes.readUInt16BE(at) & 0x7fff) - 16_383;
  return Number(bytes.readBigUInt64BE(at + 2)) * 2 ** (exponent - 63);
}
