/** Plain samples, and the containers of them that are made by hand. */
import { join, latin1, u16be, u16le, u32be, u32le } from './bytes.ts';

/** A tone of 16 bits, interleaved, little-endian: 440 Hz at a quarter of full scale. */
function tone(frames: number, channels = 1, sampleRate = 44_100): Buffer {
  const bytes = Buffer.alloc(frames * channels * 2);
  for (let frame = 0; frame < frames; frame += 1) {
    const value = Math.round(8_000 * Math.sin((2 * Math.PI * 440 * frame) / sampleRate));
    for (let channel = 0; channel < channels; channel += 1)
      bytes.writeInt16LE(value, (frame * channels + channel) * 2);
  }
  return bytes;
}

/** What a WAV header says; the samples are a {@link tone} of what it really holds. */
export interface WavShape {
  /** Default 44,100. */
  readonly sampleRate?: number;
  /** As the header says. Default 1. */
  readonly channels?: number;
  /** Default: half a second of them. */
  readonly frames?: number;
  /** Of the `data` chunk. Default: as many as there are. */
  readonly declaredBytes?: number;
  /** Chunks between `fmt ` and `data`. */
  readonly before?: Buffer;
  /** Chunks behind the samples. */
  readonly behind?: Buffer;
}

/** One chunk of a RIFF file, padded to an even length. */
export function riffChunk(id: string, body: Buffer): Buffer {
  return join(id, u32le(body.length), body, Buffer.alloc(body.length % 2));
}

/** A WAV of 16 bits (Microsoft, "Multimedia Programming Interface", RIFF). */
export function wav(shape: WavShape = {}): Buffer {
  const { sampleRate = 44_100, channels = 1, frames = 22_050 } = shape;
  const samples = tone(frames, Math.max(1, Math.min(channels, 8)));
  const format = join(
    ...[u16le(1), u16le(channels), u32le(sampleRate)],
    ...[u32le(sampleRate * channels * 2), u16le(channels * 2), u16le(16)],
  );
  const { declaredBytes = samples.length, before = latin1(''), behind = latin1('') } = shape;
  const data = join('data', u32le(declaredBytes), samples);
  const body = join('WAVE', riffChunk('fmt ', format), before, data, behind);
  return join('RIFF', u32le(body.length), body);
}

/** A `LIST INFO` chunk. */
export function infoChunk(texts: readonly (readonly [id: string, text: string])[]): Buffer {
  return riffChunk('LIST', join('INFO', ...texts.map(([id, text]) => riffChunk(id, latin1(`${text}\0`)))));
}

/** A Sun/NeXT file; all of its header are numbers (RFC 1155's neighbour "au", pubs.opengroup.org). */
export function au(sampleRate: number, channels: number): Buffer {
  const samples = tone(8_000, 1).swap16();
  return join(
    '.snd',
    u32be(24),
    u32be(samples.length),
    u32be(3),
    u32be(sampleRate),
    u32be(channels),
    samples,
  );
}

/** An AIFF of 16 bits (Apple, "Audio Interchange File Format 1.3"). @param frames as the header says. */
export function aiff(channels: number, frames = 8_000): Buffer {
  const samples = tone(8_000, 1).swap16();
  const rate = join(u16be(0x400e), u32be(0xac440000), u32be(0)); // 44,100 as an 80-bit float
  const common = join(u16be(channels), u32be(frames), u16be(16), rate);
  const sound = join(u32be(0), u32be(0), samples);
  const body = join('AIFF', 'COMM', u32be(common.length), common, 'SSND', u32be(sound.length), sound);
  return join('FORM', u32be(body.length), body);
}
