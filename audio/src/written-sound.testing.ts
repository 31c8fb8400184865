/**
 * Sources that a test writes by itself, as WAV: FFmpeg takes longer to start than to make a tone, and for minutes of a
 * formula four times as long.
 */
import { writeFile } from 'node:fs/promises';

/** A channel: its sample at that second, 1 = full scale. */
export type Voice = (seconds: number) => number;

/** What is written. */
export interface WrittenSound {
  readonly sampleRate: number;
  /** The nearest whole sample counts. */
  readonly seconds: number;
  /** One for each channel, in the order of WAV: for 5.1 left, right, centre, low frequencies, back left, back right. */
  readonly voices: readonly Voice[];
  /** 16 and 24: integers, of which those beyond full scale are cut. `float`: of 32 bits, as they are. Default 16. */
  readonly samples?: 16 | 24 | 'float';
}

const TAU = 2 * Math.PI;

/** A sine. @param amplitude 1 = full scale. */
export const tone = (amplitude: number, hz: number): Voice => {
  return (seconds) => amplitude * Math.sin(TAU * hz * seconds);
};

/** White noise from −0.5 to 0.5, the same for the same seed. */
export function noiseOf(seed: number): () => number {
  let state = seed;
  return () => {
    // A linear congruential generator, with the figures of Numerical Recipes.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
}

/** Which speakers the channels are for, by their number. More are for none in particular. */
const SPEAKERS: Readonly<Record<number, number>> = { 1: 0x4, 2: 0x3, 6: 0x3f, 8: 0x63f };
const HEADER_BYTES = 68;
/** How WAV says that the header goes on, and what samples are. */
const [EXTENSIBLE, INTEGERS, FLOATS] = [0xfffe, 1, 3];
/** The rest of the name of integers and floats, behind the two bytes that tell them apart. */
const KIND_OF_SAMPLES = Buffer.from('000000001000800000aa00389b71', 'hex');

/** Writes it to `path`. */
export async function writeSound(path: string, sound: WrittenSound): Promise<void> {
  const { sampleRate, seconds, voices, samples = 16 } = sound;
  const sampleBytes = samples === 'float' ? 4 : samples / 8;
  const frameBytes = sampleBytes * voices.length;
  const length = Math.round(seconds * sampleRate);
  const wav = Buffer.alloc(HEADER_BYTES + length * frameBytes);
  wav.write('RIFF', 0, 'latin1');
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.write('WAVEfmt ', 8, 'latin1');
  wav.writeUInt32LE(40, 16);
  wav.writeUInt16LE(EXTENSIBLE, 20);
  wav.writeUInt16LE(voices.length, 22);
  wav.writeUInt32LE(sampleRate, 24);
  wav.writeUInt32LE(sampleRate * frameBytes, 28);
  wav.writeUInt16LE(frameBytes, 32);
  wav.writeUInt16LE(8 * sampleBytes, 34);
  wav.writeUInt16LE(22, 36);
  wav.writeUInt16LE(8 * sampleBytes, 38);
  wav.writeUInt32LE(SPEAKERS[voices.length] ?? 0, 40);
  wav.writeUInt16LE(samples === 'float' ? FLOATS : INTEGERS, 44);
  KIND_OF_SAMPLES.copy(wav, 46);
  wav.write('data', 60, 'latin1');
  wav.writeUInt32LE(length * frameBytes, 64);
  const fullScale = 2 ** (8 * sampleBytes - 1);
  for (const [channel, voice] of voices.entries()) {
    for (let at = 0; at < length; at += 1) {
      const sample = voice(at / sampleRate);
      const place = HEADER_BYTES + at * frameBytes + channel * sampleBytes;
      if (samples === 'float') wav.writeFloatLE(sample, place);
      else {
        const whole = Math.max(-fullScale, Math.min(fullScale - 1, Math.round(sample * fullScale)));
        wav.writeIntLE(whole, place, sampleBytes);
      }
    }
  }
  await writeFile(path, wav);
}
