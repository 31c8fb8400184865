/** For tests that look at samples: a file as numbers, and what they hold. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

/** What is heard of a file: one array for each channel, 1 = full scale. */
export interface Sound {
  readonly sampleRate: number;
  readonly channels: readonly Float64Array[];
}

/**
 * The first audio track of a file, decoded by plain FFmpeg. A WAV of plain samples is read as it is: to start FFmpeg takes
 * longer than all else that most tests do.
 * @param filters what FFmpeg does to the sound on the way. Default: nothing.
 */
export async function listen(file: string, filters?: string): Promise<Sound> {
  const plain = filters === undefined ? soundOf(await readFile(file)) : undefined;
  if (plain !== undefined) return plain;
  const [sound] = await decodeAll([file], filters);
  if (sound === undefined) throw new Error(`nothing was decoded of ${file}`);
  return sound;
}

/** The same of many files, of which one FFmpeg decodes as many as need one. */
export async function listenAll(files: readonly string[]): Promise<Sound[]> {
  const plain = await Promise.all(files.map(async (file) => soundOf(await readFile(file))));
  const decoded = await decodeAll(files.filter((_, index) => plain[index] === undefined));
  return plain.flatMap((sound) => sound ?? decoded.shift() ?? []);
}

async function decodeAll(files: readonly string[], filters?: string): Promise<Sound[]> {
  if (files.length === 0) return [];
  const folder = await mkdtemp(join(tmpdir(), 'wavefleet-samples-'));
  try {
    const results = files.map((_, index) => join(folder, `${index}.wav`));
    const through = filters === undefined ? [] : ['-af', filters];
    await execa('ffmpeg', [
      ...['-nostdin', '-v', 'error', ...files.flatMap((file) => ['-i', file])],
      ...results.flatMap((result, index) => [
        ...['-map', `${index}:a:0`, ...through, '-c:a', 'pcm_f64le', result],
      ]),
    ]);
    const sounds: Sound[] = [];
    for (const [index, result] of results.entries()) {
      const sound = soundOf(await readFile(result));
      if (sound === undefined) throw new Error(`nothing was decoded of ${files[index]}`);
      sounds.push(sound);
    }
    return sounds;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The channels of {@link listen}. */
export async function decode(file: string, filters?: string): Promise<readonly Float64Array[]> {
  return (await listen(file, filters)).channels;
}

/** How long a sound is, and its level: the RMS of all samples of all channels. */
export interface Measured {
  readonly seconds: number;
  readonly rms: number;
  readonly sampleRate: number;
}

/** Measures what {@link listen} hears. */
export async function measure(file: string): Promise<Measured> {
  return measured(await listen(file));
}

/** Measures what {@link listenAll} hears. */
export async function measureAll(files: readonly string[]): Promise<Measured[]> {
  return (await listenAll(files)).map(measured);
}

function measured({ sampleRate, channels }: Sound): Measured {
  const samples = channels[0]?.length ?? 0;
  const meanSquare = channels.reduce((sum, channel) => sum + rmsOf(channel) ** 2, 0) / channels.length;
  return { seconds: samples / sampleRate, rms: samples === 0 ? 0 : Math.sqrt(meanSquare), sampleRate };
}

/** Where chunks begin behind `RIFF`, the length and `WAVE`. */
const FIRST_CHUNK = 12;
/** How a WAV says that its samples are plain integers, floats, or what its longer header says. */
const INTEGERS = 1;
const FLOATS = 3;
const EXTENSIBLE = 0xfffe;

/** Undefined for what is no WAV, and for one whose samples are packed (telephony). */
function soundOf(wav: Buffer): Sound | undefined {
  if (wav.toString('latin1', 0, 4) !== 'RIFF') return undefined;
  let header: Buffer | undefined;
  for (let at = FIRST_CHUNK; at + 8 <= wav.length; ) {
    const name = wav.toString('latin1', at, at + 4);
    const body = wav.subarray(at + 8, at + 8 + wav.readUInt32LE(at + 4));
    if (name === 'fmt ') header = body;
    if (name === 'data') return header && soundBehind(header, body);
    at += 8 + body.length + (body.length % 2);
  }
  return undefined;
}

function soundBehind(header: Buffer, data: Buffer): Sound | undefined {
  const tag = header.readUInt16LE(0);
  const kind = tag === EXTENSIBLE ? header.readUInt16LE(24) : tag;
  const [count, sampleRate, bits] = [header.readUInt16LE(2), header.readUInt32LE(4), header.readUInt16LE(14)];
  const read = kind === FLOATS ? floats[bits] : kind === INTEGERS ? integers[bits] : undefined;
  if (read === undefined) return undefined;
  const length = Math.floor((data.length * 8) / bits / count);
  const channels = Array.from({ length: count }, () => new Float64Array(length));
  for (const [index, samples] of channels.entries()) {
    for (let at = 0; at < length; at += 1) samples[at] = read(data, ((at * count + index) * bits) / 8);
  }
  return { sampleRate, channels };
}

type ReadSample = (data: Buffer, at: number) => number;
const integers: Readonly<Record<number, ReadSample>> = {
  16: (data, at) => data.readInt16LE(at) / 2 ** 15,
  24: (data, at) => data.readIntLE(at, 3) / 2 ** 23,
  32: (data, at) => data.readInt32LE(at) / 2 ** 31,
};
const floats: Readonly<Record<number, ReadSample>> = {
  32: (data, at) => data.readFloatLE(at),
  64: (data, at) => data.readDoubleLE(at),
};

/** The amplitude of one frequency, over whole seconds of the middle where there are any. */
export function toneAmplitude(samples: Float64Array, rate: number, hz: number): number {
  const length = Math.max(rate, Math.floor(samples.length / rate - 1) * rate);
  const start = Math.floor((samples.length - length) / 2);
  let [real, imaginary] = [0, 0];
  for (let index = 0; index < length; index += 1) {
    const angle = (2 * Math.PI * hz * index) / rate;
    const sample = samples[start + index] ?? 0;
    real += sample * Math.cos(angle);
    imaginary += sample * Math.sin(angle);
  }
  return (2 * Math.hypot(real, imaginary)) / length;
}

/** The largest sample, without its sign. */
export function peakOf(samples: Float64Array): number {
  return samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0);
}

/** The root of the mean of the squares. */
export function rmsOf(samples: Float64Array): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample ** 2, 0) / samples.length);
}

/** dB of a ratio of amplitudes. */
export function decibels(ratio: number): number {
  return 20 * Math.log10(ratio);
}
