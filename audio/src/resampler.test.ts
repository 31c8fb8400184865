/** The table of docs/audio.md, measured: what a resampler lets through, and what it keeps. */
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { levelFilters } from './args/level-filters.ts';
import { makeBench } from './conversion.testing.ts';
import { makeDsf } from './dsf.testing.ts';
import { gentle, soxr, swr } from './resampler.ts';
import { decibels, decode, listen, listenAll, rmsOf, toneAmplitude } from './samples.testing.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

const resamplers = [
  ['soxr', soxr, 20, 0.02, -120],
  ['soxr', soxr, 28, 0.02, -130],
  ['swr', swr, 20, 0.02, -75],
  ['swr', swr, 28, 0.02, -120],
] as const;

/** A tone of half of full scale through each resampler: one FFmpeg makes it and resamples it four times. */
async function resampled(from: number, to: number, hz: number): Promise<Float64Array[]> {
  const names = resamplers.map((_, index) => bench.path(`${from}-${to}-${hz}-${index}.wav`));
  await execa('ffmpeg', [
    ...['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', `aevalsrc=0.5*sin(2*PI*t*${hz}):s=${from}:d=2`],
    ...resamplers.flatMap(([, resampler, bits], index) => [
      ...['-af', `aresample=${[to, ...resampler.options(bits), 'internal_sample_fmt=fltp'].join(':')}`],
      ...['-c:a', 'pcm_f64le', names[index] ?? ''],
    ]),
  ]);
  const sounds = await listenAll(names);
  return sounds.map(({ channels: [samples = new Float64Array()] }) => samples.subarray(to / 2, -to / 2));
}

/** Whatever a resampler does not fulfil. */
const faultsOf = (
  samples: readonly Float64Array[],
  isFault: (samples: Float64Array, index: number) => boolean,
) =>
  resamplers.flatMap(([name, , bits], index) =>
    isFault(samples[index] ?? new Float64Array(), index) ? [`${name} for ${bits} bits`] : [],
  );

test.each([
  [48_000, 44_100],
  [44_100, 48_000],
])('from %i to %i Hz what can be heard is kept', async (from, to) => {
  for (const hz of [1_000, 20_000]) {
    const isFault = (samples: Float64Array, index: number): boolean =>
      !(Math.abs(decibels(toneAmplitude(samples, to, hz) / 0.5)) < (resamplers[index]?.[3] ?? 0));
    expect(faultsOf(await resampled(from, to, hz), isFault), `${hz} Hz`).toEqual([]);
  }
});

test.each([
  [48_000, 44_100],
  [96_000, 44_100],
])('from %i to %i Hz nothing comes through that the new rate cannot hold', async (from, to) => {
  for (const above of [1.02, 1.08]) {
    const hz = Math.round((above * to) / 2);
    const isFault = (samples: Float64Array, index: number): boolean =>
      !(decibels(rmsOf(samples) / Math.sqrt(0.125)) < (resamplers[index]?.[4] ?? Number.NEGATIVE_INFINITY));
    expect(faultsOf(await resampled(from, to, hz), isFault), `${hz} Hz`).toEqual([]);
  }
});

test('a sound that is shorter than the filter is kept', async () => {
  for (const samples of [1, 100, 441]) {
    const source = await bench.make('short.wav', [
      ...['-f', 'lavfi', '-i', 'sine=440:r=44100', '-af', `atrim=end_sample=${samples}`],
    ]);
    const lengthIn = async (format: 'flac' | 'opus'): Promise<number> => {
      const { file } = await bench.convert(source, format, { sampleRate: 48_000 });
      return (await decode(file))[0]?.length ?? 0;
    };
    const exact = (samples * 48_000) / 44_100;
    expect(Math.abs((await lengthIn('flac')) - exact)).toBeLessThanOrEqual(1);
    // Lossy formats get silence up to 10 ms.
    expect(Math.abs((await lengthIn('opus')) - Math.max(exact, 480))).toBeLessThanOrEqual(1);
  }
});

test('up to 20 kHz the gentle one changes nothing, and Opus drops what it lets through', async () => {
  const result = async (hz: number): Promise<Float64Array> => {
    const tone = ['-f', 'lavfi', '-i', `aevalsrc=0.5*sin(2*PI*t*${hz}):s=96000:d=2`, '-c:a', 'pcm_s24le'];
    const { file, plan } = await bench.convert(await bench.make(`${hz}.wav`, tone), 'opus');
    expect(levelFilters(plan, { resampler: soxr, levels: 'out' })[0]).toContain('filter_size=64');
    const [samples = new Float64Array()] = await decode(file);
    return samples.subarray(24_000, -24_000);
  };
  expect(decibels(rmsOf(await result(25_000)))).toBeLessThan(-90);

  const through = ['aresample=48000', ...gentle.options(20), 'internal_sample_fmt=fltp'].join(':');
  for (const hz of [1_000, 19_500, 20_000]) {
    const tone = ['-f', 'lavfi', '-i', `aevalsrc=0.5*sin(2*PI*t*${hz}):s=44100:d=2`, '-af', through];
    const { channels } = await listen(await bench.make('gentle.wav', [...tone, '-c:a', 'pcm_f64le']));
    const samples = channels[0]?.subarray(24_000, -24_000) ?? new Float64Array();
    const amplitude = toneAmplitude(samples, 48_000, hz);
    expect(Math.abs(decibels(amplitude / 0.5))).toBeLessThan(0.01);
    const rest = Math.sqrt(Math.max(0, rmsOf(samples) ** 2 - amplitude ** 2 / 2));
    expect(decibels(rest / Math.sqrt(0.125))).toBeLessThan(-85);
  }
});

describe('DSD', () => {
  test.each([
    [1, 'flac', 88_200, 1_000],
    [2, 'flac', 176_400, 1_000],
    [1, 'mp3', 44_100, 1_000],
    // Above half of what the half rate is: a filter that begins there takes it away.
    [1, 'opus', 48_000, 16_000],
  ] as const)('at %i × 64 becomes %s at %i Hz', async (multiple, format, rate, hz) => {
    const source = makeDsf(multiple * 64, hz, 0.25, 1.5);
    const probed = await bench.probeFile(source);
    expect(probed.facts.sampleRate).toBe(multiple * 352_800);
    const path = await bench.write('tone.dsf', source);
    const { file, plan } = await bench.convert(path, format);
    const { sampleRate, channels } = await listen(file);
    const [samples = new Float64Array()] = channels;
    expect([sampleRate, plan.sampleRate]).toEqual([rate, rate]);
    const amplitude = toneAmplitude(samples, rate, hz);
    expect(Math.abs(decibels(amplitude / 0.25))).toBeLessThan(0.2);
    // What is left beside the tone: the noise of one-bit sound lies above 20 kHz, and most of it is gone.
    if (rate !== 88_200) return;
    const steep = 'highpass=f=30000:poles=2,highpass=f=30000:poles=2';
    const [high = new Float64Array()] = await decode(file, steep);
    expect(decibels(rmsOf(high.subarray(rate / 4, -rate / 4)))).toBeLessThan(-50);
  });
});
