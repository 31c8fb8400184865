/**
 * A WAV that its own head describes whole: plain samples from one known place to the end of the file, and no more than
 * the name of the program that wrote it. That is what recorders and speech services make, and to start ffprobe takes longer
 * than to convert a second of it. Everything else is asked of ffprobe.
 */
import type { FileHandle } from 'node:fs/promises';
import { type Chunk, chunksBetween } from '../tags/values/chunks.ts';
import { windowed } from '../tags/values/read-values.ts';
import type { ReadBytes } from '../tags/values/tag-pair.ts';
import { LOOK_BYTES, mayBeCoded } from './coded-in-pcm.ts';
import type { ProbeJson } from './probe-json.ts';

const PCM = 1;
const BITS = 16;
/** Of `fmt `: with more of it, speakers are named. */
const FORMAT_BYTES = 16;
const HEAD_BYTES = 12;
const RATES = { least: 8_000, most: 192_000 };
/** ACT, which calls itself WAV: a byte of its header where WAV has sound. */
const ACT = { at: 256, byte: 0x84 };
const WRITER = /^[\x20-\x7e]*\0*$/;
const WRITER_AT = 12;
const MOST_LIST_BYTES = 256;

/** What ffprobe would say of it; undefined for every file that has anything else in it, or is not as it says. */
export async function plainWav(
  file: FileHandle,
  start: Buffer,
  sizeBytes: number,
): Promise<ProbeJson | undefined> {
  const isWav = start.toString('latin1', 0, 4) === 'RIFF' && start.toString('latin1', 8, 12) === 'WAVE';
  if (!isWav || start.readUInt32LE(4) + 8 !== sizeBytes) return undefined;
  const read = windowed(file);
  const chunks = await chunksBetween(read, HEAD_BYTES, sizeBytes, 'LE');
  const [format, ...rest] = chunks;
  const data = rest.at(-1);
  if (format?.name !== 'fmt ' || format.to - format.from !== FORMAT_BYTES || data?.name !== 'data')
    return undefined;
  const soundBytes = data.to - data.from;
  const declaredBytes = (await read(data.from - 4, 4)).readUInt32LE(0);
  const shape = shapeOf(await read(format.from, FORMAT_BYTES));
  if (shape === undefined || data.to !== sizeBytes || declaredBytes !== soundBytes) return undefined;
  const { channels, rate, frameBytes } = shape;
  if (soundBytes === 0 || soundBytes % frameBytes !== 0) return undefined;
  if ((await read(ACT.at, 1))[0] === ACT.byte || mayBeCoded(await read(data.from, LOOK_BYTES)))
    return undefined;

  const tags = await writerIn(read, rest.slice(0, -1));
  if (tags === undefined) return undefined;
  const duration = soundBytes / frameBytes / rate;
  return {
    streams: [
      {
        index: 0,
        codec_name: 'pcm_s16le',
        codec_type: 'audio',
        sample_rate: rate,
        channels,
        sample_fmt: 's16',
        bits_per_sample: BITS,
        bits_per_raw_sample: undefined,
        start_time: undefined,
        duration,
        nb_read_packets: undefined,
        disposition: { default: 0, attached_pic: 0 },
        tags: {},
      },
    ],
    chapters: [],
    packets: [],
    format: { format_name: 'wav', duration, nb_streams: 1, tags },
  };
}

/** Of the simplest samples alone; each field has to follow from the others. */
function shapeOf(format: Buffer) {
  const [tag, channels, rate] = [format.readUInt16LE(0), format.readUInt16LE(2), format.readUInt32LE(4)];
  const [frameBytes, bits] = [format.readUInt16LE(12), format.readUInt16LE(14)];
  const isPlain = tag === PCM && (channels === 1 || channels === 2) && bits === BITS;
  const isUsual = rate >= RATES.least && rate <= RATES.most;
  const isWhole = frameBytes === (channels * bits) / 8 && format.readUInt32LE(8) === rate * frameBytes;
  return isPlain && isUsual && isWhole ? { channels, rate, frameBytes } : undefined;
}

/** The tags of a file that names the program at most, which FFmpeg calls the encoder. */
async function writerIn(
  read: ReadBytes,
  [list, ...others]: readonly Chunk[],
): Promise<Record<string, string> | undefined> {
  if (others.length > 0) return undefined;
  if (list === undefined) return {};
  const { name, from, to } = list;
  if (name !== 'LIST' || to - from < WRITER_AT || to - from > MOST_LIST_BYTES) return undefined;
  const content = await read(from, to - from);
  if (content.toString('latin1', 0, 8) !== 'INFOISFT') return undefined;
  const length = content.readUInt32LE(8);
  const writer = content.toString('latin1', WRITER_AT, WRITER_AT + length);
  const isAll = WRITER_AT + length + (length % 2) === content.length;
  return isAll && WRITER.test(writer) ? { encoder: writer.replace(/\0+$/, '') } : undefined;
}
