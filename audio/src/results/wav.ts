/** WAV: the sizes in its head are those of the file. */
import { chunksBetween } from '../tags/values/chunks.ts';
import { type ReadSound, readsOf } from './read-sound.ts';

/** Codes of `fmt `. The last one leaves it to the first two bytes of a name further on. */
const [PCM, FLOAT, A_LAW, MU_LAW, EXTENSIBLE] = [1, 3, 6, 7, 0xfffe];
const SUB_FORMAT_AT = 24;

export async function readWav(bytes: Buffer): Promise<ReadSound | undefined> {
  const isWav = bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WAVE';
  if (!isWav || bytes.readUInt32LE(4) + 8 !== bytes.length) return undefined;
  const chunks = await chunksBetween(readsOf(bytes), 12, bytes.length, 'LE');
  const [format, data] = ['fmt ', 'data'].map((name) => chunks.find((chunk) => chunk.name === name));
  if (format === undefined || data === undefined) return undefined;
  const fields = bytes.subarray(format.from, format.to);
  const [channels, sampleRate, frameBytes] = [
    fields.readUInt16LE(2),
    fields.readUInt32LE(4),
    fields.readUInt16LE(12),
  ];
  const codec = codecOf(fields);
  const isWhole = bytes.readUInt32LE(data.from - 4) === data.to - data.from;
  if (codec === undefined || !isWhole || sampleRate === 0 || frameBytes === 0) return undefined;
  const durationSeconds = Math.floor((data.to - data.from) / frameBytes) / sampleRate;
  return { codec, durationSeconds, paddingSeconds: 0, sampleRate, channels };
}

function codecOf(fields: Buffer): string | undefined {
  const bits = fields.readUInt16LE(14);
  const code = fields.readUInt16LE(0);
  switch (code === EXTENSIBLE ? fields.readUInt16LE(SUB_FORMAT_AT) : code) {
    case PCM:
      return bits === 16 || bits === 24 ? `pcm_s${bits}le` : undefined;
    case FLOAT:
      return bits === 32 ? 'pcm_f32le' : undefined;
    case A_LAW:
      return 'pcm_alaw';
    case MU_LAW:
      return 'pcm_mulaw';
    default:
      return undefined;
  }
}
