/**
 * Headers of our own for plain samples, which FFmpeg reads up to the end of the file: Sun's AU for those with the greatest
 * byte first, WAV for the others. For what FFmpeg makes of some headers is less than the file holds: of AIFF it reads 2 GiB
 * (the format allows 4), and samples of RIFX are noise to it.
 */
import { inputLimits } from '@wavefleet/contracts/input-formats.ts';
import { uint32BE } from '../../byte-order.ts';
import type { Patch } from './patch.ts';

/** What there is to know of plain samples. */
export interface PlainSamples {
  /** Which byte of a sample comes first: the greatest (BE) or the least. Single bytes are unsigned with LE. */
  readonly order: 'BE' | 'LE';
  readonly kind: 'integer' | 'float' | 'ulaw' | 'alaw';
  /** Of one sample. */
  readonly bytes: number;
  readonly channels: number;
  /** Hz. */
  readonly rate: number;
}

/** What stands for "up to the end of the file", in both: neither can say more than 4 GiB. */
const UNKNOWN = 0xffff_ffff;
/** Bytes of one sample that FFmpeg has a decoder for. A hostile header of AIFF-C may say 8,192. */
const sampleBytes: Readonly<Record<PlainSamples['kind'], readonly number[]>> = {
  integer: [1, 2, 3, 4, 8],
  float: [4, 8],
  ulaw: [1],
  alaw: [1],
};
/** No real header is longer. */
const MOST_HEADER_BYTES = 2 ** 30;

/** Whether that many bytes are more than such a header can say. */
export const isOpenEnded = (soundBytes: number): boolean => soundBytes >= UNKNOWN;

/**
 * @param dataAt where the sound begins.
 * @param soundBytes how long it is.
 * @returns what to write over the old header; undefined where neither of them has such samples, or no room.
 */
export function plainHeader(
  samples: PlainSamples,
  dataAt: number,
  soundBytes: number,
): readonly Patch[] | undefined {
  const { order, kind, bytes, channels, rate } = samples;
  const isSane =
    sampleBytes[kind].includes(bytes) &&
    channels <= inputLimits.maxChannels &&
    rate <= inputLimits.maxSampleRate;
  if (!isSane || dataAt > MOST_HEADER_BYTES) return undefined;
  const isWav = order === 'LE' && (kind === 'integer' || kind === 'float');
  return isWav
    ? wavHeader(samples, dataAt, isOpenEnded(soundBytes) ? UNKNOWN : soundBytes)
    : auHeader(samples, dataAt);
}

/** `{kind}{bytes}` to the number of the encoding. */
const auEncodings: Readonly<Record<string, number>> = {
  ulaw1: 1,
  integer1: 2,
  integer2: 3,
  integer3: 4,
  integer4: 5,
  float4: 6,
  float8: 7,
  alaw1: 27,
};

function auHeader({ kind, bytes, channels, rate }: PlainSamples, dataAt: number): Patch[] | undefined {
  const encoding = auEncodings[`${kind}${bytes}`];
  if (encoding === undefined) return undefined;
  const numbers = [dataAt, UNKNOWN, encoding, Math.round(rate), channels].map(uint32BE);
  // What follows up to the sound is text, which ends with the first zero.
  const header = Buffer.concat([Buffer.from('.snd'), ...numbers, Buffer.alloc(1)]);
  return header.length <= dataAt ? [{ at: 0, bytes: header }] : undefined;
}

/** Up to the chunk that nobody reads, which takes the place of the rest of the old header. */
const FORMAT_BYTES = 36;
const CHUNK_BYTES = 8;

function wavHeader(
  { kind, bytes, channels, rate }: PlainSamples,
  dataAt: number,
  size: number,
): Patch[] | undefined {
  const rest = dataAt - FORMAT_BYTES - 2 * CHUNK_BYTES;
  if (rest < 0 || rest % 2 !== 0) return undefined;
  const header = Buffer.alloc(FORMAT_BYTES + CHUNK_BYTES);
  header.write('RIFF....WAVEfmt ', 'latin1');
  header.writeUInt32LE(UNKNOWN, 4);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(kind === 'float' ? 3 : 1, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(Math.round(rate), 24);
  header.writeUInt32LE(Math.round(rate) * channels * bytes, 28);
  header.writeUInt16LE(channels * bytes, 32);
  header.writeUInt16LE(bytes * 8, 34);
  header.write('JUNK', FORMAT_BYTES, 'latin1');
  header.writeUInt32LE(rest, FORMAT_BYTES + 4);
  const data = Buffer.from('data....', 'latin1');
  data.writeUInt32LE(size, 4);
  return [
    { at: 0, bytes: header },
    { at: dataAt - CHUNK_BYTES, bytes: data },
  ];
}
