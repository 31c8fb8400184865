/** Levels with real FFmpeg: one loudness for a mix in every format, no silent clipping, bits that stay as they are. */
import { type FormatName, formatNames, outputFormat } from '@wavefleet/contracts/formats.ts';
import type { ConversionOptions } from '@wavefleet/contracts/request.ts';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeBench } from './conversion.testing.ts';
import { decibels, decode, listen, listenAll, peakOf, toneAmplitude } from './samples.testing.ts';
import { tone, type Voice } from './written-sound.testing.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

/** A source of one voice a channel. */
const sound = (voices: readonly Voice[], sampleRate = 48_000, seconds = 2) => ({
  voices,
  sampleRate,
  seconds,
});
const silence: Voice = () => 0;

describe('a mix from 5.1 to stereo', () => {
  test('is as loud in every format, and leaves the LFE channel out', async () => {
    const tones = [300, 500, 700, 900, 1_100, 1_300].map((hz) => tone(0.25, hz));
    const source = await bench.writeSound('six-tones.wav', sound(tones));
    const found: Partial<Record<FormatName, number[]>> = {};
    const files: string[] = [];
    for (const format of formatNames) files.push((await bench.convert(source, format, { channels: 2 })).file);
    for (const [index, { sampleRate, channels }] of (await listenAll(files)).entries()) {
      const [left = new Float64Array()] = channels;
      // FL, FC, LFE and BL as they are in the left channel.
      found[formatNames[index] ?? 'wav'] = [300, 700, 900, 1_100].map((hz) =>
        decibels(toneAmplitude(left, sampleRate, hz) / 0.25),
      );
    }
    for (const [format, [front, centre, lfe, back]] of Object.entries(found)) {
      // 1 / (1 + 2 × 0.7071): FL, FC and BL are scaled so that all three at full scale fit.
      expect.soft(Math.abs((front ?? 0) + 7.66), format).toBeLessThan(0.2);
      expect.soft(Math.abs((centre ?? 0) + 10.67), format).toBeLessThan(0.2);
      expect.soft(Math.abs((back ?? 0) + 10.67), format).toBeLessThan(0.2);
      // The noise of 8 bits lies at -58.
      expect.soft(lfe, format).toBeLessThan(-50);
    }
  });

  let loud: string;
  beforeAll(async () => {
    loud = await bench.writeSound('loud.wav', sound(Array(6).fill(tone(0.999, 440))));
  });
  test.each<FormatName>(['mp3', 'aac', 'ogg', 'opus', 'flac', 'wav', 'wav-ulaw', 'ac3'])(
    'of a source at full scale just fits into %s',
    async (format) => {
      const { file, warnings } = await bench.convert(loud, format, { channels: 2 });
      const { sampleRate, channels } = await listen(file);
      // Telephony has one rate.
      expect(warnings).toEqual(sampleRate === 8_000 ? ['RESAMPLED'] : []);
      for (const samples of channels) {
        const off = Math.abs(decibels(toneAmplitude(samples, sampleRate, 440)));
        // FFmpeg's AAC encoder makes a lone loud tone up to 0.63 dB louder.
        expect(off).toBeLessThan(outputFormat(format).lossless ? 0.05 : 0.7);
        // What lossy codecs add, above all where the tone begins, is theirs.
        expect(peakOf(samples)).toBeLessThan(outputFormat(format).lossless ? 1 : 1.15);
      }
    },
  );
});

describe('mono', () => {
  test.each<[string, readonly Voice[], string]>([
    ['of the same sound twice', [tone(0.5, 440), tone(0.5, 440)], ''],
    ['of two different sounds', [tone(0.5, 440), tone(0.5, 660)], ''],
    ['of one side only', [tone(0.5, 440), silence], ''],
    ['of opposite phase', [tone(0.5, 440), tone(-0.5, 440)], 'OUTPUT_SILENT'],
    ['of nearly opposite phase', [tone(0.5, 440), tone(-0.45, 440)], 'PHASE_CANCELLED'],
    ['of silence', [silence, silence], ''],
  ])('%s', async (_, voices, expected) => {
    const source = await bench.writeSound('stereo.wav', sound(voices));
    // An encoder of floats, and samples that are integers: all other formats are one of these to the mix.
    for (const format of ['mp3', 'wav'] as const) {
      const { warnings, encoded } = await bench.convert(source, format, { channels: 1 });
      expect([warnings.join(), encoded.damaged], format).toEqual([expected, false]);
    }
  });

  test('of the same sound twice is that sound, and back again, bit for bit', async () => {
    const mono = await bench.writeSound('mono.wav', sound([tone(0.9, 440)]));
    const { file: stereo } = await bench.convert(mono, 'flac', { channels: 2 });
    const [[from = new Float64Array()], [left, right]] = [await decode(mono), await decode(stereo)];
    expect(left).toEqual(from);
    expect(right).toEqual(from);
  });
});

describe('to 16 bits', () => {
  let quiet: string;
  beforeAll(async () => {
    const whisper = sound([tone(1e-5, 1_000)], 44_100, 3);
    quiet = await bench.writeSound('quiet.wav', { ...whisper, samples: 24 });
  });
  /** The third harmonic against the tone in dB, and the offset in steps of 16 bits. */
  const distortion = async (file: string): Promise<{ third: number; offset: number }> => {
    const [samples = new Float64Array()] = await decode(file);
    const [first, third] = [1_000, 3_000].map((hz) => toneAmplitude(samples, 44_100, hz));
    const mean = samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
    return { third: decibels((third ?? 0) / (first ?? 1)), offset: mean * 32_768 };
  };

  test.each<FormatName>(['wav', 'aiff', 'caf', 'flac', 'alac'])('%s is dithered', async (format) => {
    const { file } = await bench.convert(quiet, format, { bitDepth: 16 });
    const { third, offset } = await distortion(file);
    expect(third).toBeLessThan(-25);
    expect(Math.abs(offset)).toBeLessThan(0.02);
  });

  test('and not on request', async () => {
    const { file } = await bench.convert(quiet, 'wav', { bitDepth: 16, dither: false });
    expect((await distortion(file)).third).toBeGreaterThan(-15);
  });
});

describe('what lossless formats had is what other lossless formats have', () => {
  const lossless = ['wav', 'aiff', 'caf', 'flac', 'alac'] as const;
  const md5 = async (file: string, bits: number): Promise<string> =>
    (await execa('ffmpeg', ['-v', 'error', '-i', file, '-f', 'md5', '-c:a', `pcm_s${bits}le`, '-'])).stdout;

  // Between a decoder and an encoder samples are the same whatever the file was: a round in which each format is once the
  // source and once the result tells as much as each from each.
  test.each([16, 24])('from one to the next, of %i bits', async (bits) => {
    const side = (seed: number): string => `anoisesrc=d=1.3:r=44100:a=0.9${seed}:seed=${seed}`;
    const wav = await bench.make(`noise-${bits}.wav`, [
      ...['-f', 'lavfi', '-i', side(7), '-f', 'lavfi', '-i', side(8)],
      ...['-filter_complex', '[0][1]amerge', '-c:a', `pcm_s${bits}le`],
    ]);
    const sum = await md5(wav, bits);
    let source = wav;
    for (const format of [...lossless.slice(1), lossless[0], lossless[0]]) {
      const { file, warnings } = await bench.convert(source, format);
      expect([await md5(file, bits), warnings], format).toEqual([sum, []]);
      source = file;
    }
  });
});

describe('samples beyond full scale', () => {
  const loud = async (name: string, gain: number) =>
    await bench.writeSound(name, {
      ...sound([tone(gain, 441), tone(0.5, 441)], 44_100),
      samples: 'float',
    });
  let over: string;
  beforeAll(async () => {
    over = await loud('over.wav', 2);
  });

  test.each<[FormatName, ConversionOptions]>([
    ['wav', {}],
    ['flac', { bitDepth: 16 }],
    ['alac', { bitDepth: 24 }],
  ])('are counted on their way to %s', async (format, options) => {
    const [left = new Float64Array()] = await decode(over);
    const { encoded, file } = await bench.convert(over, format, options);
    const count = left.filter((sample) => Math.abs(sample) >= 1).length;
    const told = encoded.warnings.find(({ code }) => code === 'CLIPPED');
    const [, peak, counted] = /\+([\d.]+) dBFS.* (\d+) samples/.exec(told?.message ?? '') ?? [];
    expect(peak).toBe('6.02');
    // Some were at the limit already.
    expect(Math.abs(Number(counted) - count)).toBeLessThan(count / 100);
    const [clipped = new Float64Array()] = await decode(file);
    expect(peakOf(clipped)).toBeLessThanOrEqual(1);
  });

  test.each<[FormatName, number, string[]]>([
    ['aac', 1.5, ['PEAKS_CHANGED']],
    ['m4a', 1.5, ['PEAKS_CHANGED']],
    ['wav-ulaw', 1.5, ['RESAMPLED', 'PEAKS_CHANGED']],
    ['ac3', 2, ['PEAKS_CHANGED']],
    ['eac3', 2, ['PEAKS_CHANGED']],
    // Kept as they are, or not there.
    ['ac3', 1.25, []],
    ['m4a', 0.94, []],
    ['mp3', 2, []],
    ['ogg', 2, []],
  ])('into %s, of %f, are told of where the encoder changes them', async (format, gain, expected) => {
    const source = await loud(`${format}-${gain}.wav`, gain);
    const { file, warnings } = await bench.convert(source, format);
    expect(warnings).toEqual(expected);
    const { sampleRate, channels } = await listen(file);
    const [left = new Float64Array()] = channels;
    const off = Math.abs(decibels(toneAmplitude(left, sampleRate, 441) / gain));
    const isChanged = expected.includes('PEAKS_CHANGED');
    expect(isChanged ? off > 0.3 : off < 0.2, `${off} dB`).toBe(true);
  });

  test('are kept where the encoder takes floats, and not told of where there are none', async () => {
    expect((await bench.convert(over, 'opus')).warnings).toEqual([]);
    const fits = await bench.convert(await loud('fits.wav', 0.99), 'wav');
    expect(fits.warnings).toEqual(['BIT_DEPTH_REDUCED']);
    expect(fits.encoded.damaged).toBe(false);
  });

  test('that resampling makes are told of', async () => {
    const square: Voice = (t) => Math.sign(Math.sin(2 * Math.PI * t * 441 + 0.1));
    const source = await bench.writeSound('square.wav', sound([square], 44_100));
    expect((await bench.convert(source, 'wav', { sampleRate: 48_000 })).warnings).toEqual(['CLIPPED']);
    expect((await bench.convert(source, 'wav')).warnings).toEqual([]);
  });
});
