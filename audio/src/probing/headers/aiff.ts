/** AIFF and AIFF-C (Apple, 1989 and 1991). Samples lie in as few bytes as hold them, so no depth is wrong here. */
import { uint32BE } from '../../byte-order.ts';
import { readAt } from '../read-at.ts';
import { type ChunkStyle, chunksUpTo, fourLetters } from './chunks.ts';
import { type HeaderReader, requireChannels } from './pcm-header.ts';
import type { PlainSamples } from './plain-header.ts';

const style: ChunkStyle = {
  headerBytes: 8,
  nameOf: fourLetters,
  sizeOf: (header) => header.readUInt32BE(4),
  alignment: 2,
};

/** The sound chunk begins with an offset and a block size. */
const PREFIX_BYTES = 8;
const LARGEST = 0xffff_ffff;
/** FFmpeg reads sizes as if they had a sign: what is larger it takes for this, and as many frames it refuses. */
const MOST = 0x7fff_ffff;

/** What a kind of AIFF-C holds. Those of integers of any width say how wide with `bytes: undefined`. */
interface Kind extends Pick<PlainSamples, 'order' | 'kind'> {
  readonly bytes: number | undefined;
}

/** QuickTime's ADPCM: blocks of so many bytes for each channel, and the samples in one. They are its frames. */
const IMA4 = { kind: 'ima4', bytes: 34, samples: 64 };

const bigIntegers: Kind = { order: 'BE', kind: 'integer', bytes: undefined };
const kinds: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['NONE', bigIntegers],
  ['twos', bigIntegers],
  ['sowt', { order: 'LE', kind: 'integer', bytes: undefined }],
  ['raw ', { order: 'LE', kind: 'integer', bytes: 1 }],
  ['in24', { order: 'BE', kind: 'integer', bytes: 3 }],
  ['in32', { order: 'BE', kind: 'integer', bytes: 4 }],
  ['fl32', { order: 'BE', kind: 'float', bytes: 4 }],
  ['FL32', { order: 'BE', kind: 'float', bytes: 4 }],
  ['fl64', { order: 'BE', kind: 'float', bytes: 8 }],
  ['FL64', { order: 'BE', kind: 'float', bytes: 8 }],
  ['ulaw', { order: 'BE', kind: 'ulaw', bytes: 1 }],
  ['ULAW', { order: 'BE', kind: 'ulaw', bytes: 1 }],
  ['alaw', { order: 'BE', kind: 'alaw', bytes: 1 }],
  ['ALAW', { order: 'BE', kind: 'alaw', bytes: 1 }],
]);
/** What FFmpeg reads all samples of `sowt` as, however wide they are said to be. */
const SOWT_BYTES = 2;

export const readAiff: HeaderReader = async (file, start, fileBytes) => {
  if (start.toString('latin1', 0, 4) !== 'FORM') return undefined;
  const form = start.toString('latin1', 8, 12);
  if (form !== 'AIFF' && form !== 'AIFC') return undefined;
  const chunks = await chunksUpTo(file, style, 12, 'SSND');
  const [data, comm] = [chunks.get('SSND'), chunks.get('COMM')];
  if (data === undefined || comm === undefined) return undefined;
  const common = await readAt(file, comm.bodyAt, 22);
  if (common.length < 18) return undefined;
  const [channels, declaredFrames, bits] = [
    common.readUInt16BE(0),
    common.readUInt32BE(2),
    common.readUInt16BE(6),
  ];
  requireChannels(channels);
  const compression = form === 'AIFF' ? 'NONE' : common.toString('latin1', 18, 22);
  const kind = kinds.get(compression);
  const bytes = kind?.bytes ?? Math.ceil(bits / 8);
  const rate = extended(common, 8);
  const isMisread = compression === 'sowt' && bytes !== SOWT_BYTES;
  const isIma4 = compression === IMA4.kind;
  const frameBytes = isIma4 ? channels * IMA4.bytes : kind === undefined ? 0 : channels * bytes;
  // Single bytes have no order, and those of `sowt` have a sign, as AU's have; WAV's have none.
  const isSigned = isMisread && bytes === 1;
  const framesPerSecond = isIma4 ? rate / IMA4.samples : rate;
  const prefix = await readAt(file, data.bodyAt, PREFIX_BYTES);
  if (prefix.length < PREFIX_BYTES) return undefined;
  const before = PREFIX_BYTES + prefix.readUInt32BE(0);
  const dataAt = data.bodyAt + before;
  const declaredBytes =
    data.sizeBytes > before && data.sizeBytes < LARGEST ? data.sizeBytes - before : undefined;
  // A recorder that did not come to its end leaves none, and FFmpeg looks no further than this.
  const isReached = start.readUInt32BE(4) + 8 > data.at;
  const framesAt = comm.bodyAt + 2;
  return {
    style,
    dataAt,
    declaredBytes,
    isFollowed: declaredBytes !== undefined,
    mostBytes: MOST - before,
    bytesPerSecond: frameBytes > 0 ? frameBytes * framesPerSecond : undefined,
    isAverage: false,
    // The depth that FFmpeg tells is that of its own reading.
    validBits: isMisread ? bits : undefined,
    fixes: [
      ...(isReached ? [] : [{ at: 4, bytes: uint32BE(Math.min(fileBytes - 8, LARGEST)) }]),
      ...(declaredFrames <= MOST ? [] : [{ at: framesAt, bytes: uint32BE(MOST) }]),
    ],
    sizePatches: (dataBytes) => [
      { at: data.at + 4, bytes: uint32BE(Math.min(dataBytes + before, LARGEST)) },
      { at: framesAt, bytes: uint32BE(Math.min(Math.floor(dataBytes / frameBytes), MOST)) },
    ],
    samples: kind && { ...kind, bytes, channels, rate, order: isSigned ? 'BE' : kind.order },
    isMisread,
  };
};

/** A number of IEEE 754's 80-bit format: the sample rate is one. */
function extended(bytes: Buffer, at: number): number {
  const exponent = (bytes.readUInt16BE(at) & 0x7fff) - 16_383;
  return Number(bytes.readBigUInt64BE(at + 2)) * 2 ** (exponent - 63);
}
