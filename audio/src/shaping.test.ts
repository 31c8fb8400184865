/** Fades, silence and speed with real FFmpeg, looked at by the sample. */
import type { FormatName } from '@wavefleet/contracts/formats.ts';
import type { ConversionOptions } from '@wavefleet/contracts/request.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeBench } from './conversion.testing.ts';
import { decibels, decode, measure, peakOf, rmsOf, toneAmplitude } from './samples.testing.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

const RATE = 44_100;
const tone = (seconds: number, expr = '0.5*sin(2*PI*441*t)'): string[] => [
  ...['-f', 'lavfi', '-i', `aevalsrc='${expr}':s=${RATE}:d=${seconds}`],
];

describe('a fade', () => {
  test.each<[string, string[], FormatName]>([
    ['t.wav', [], 'wav'],
    ['t.mp3', ['-write_xing', '0'], 'flac'],
    ['t.ogg', ['-c:a', 'libvorbis'], 'opus'],
  ])('at both ends of %s, whatever its header says of its length', async (name, codec, format) => {
    const source = await bench.make(name, [...tone(4), ...codec]);
    const options = { fadeIn: 0.5, fadeOut: 1 };
    const { file, plan } = await bench.convert(source, format, options, undefined);
    const [samples = new Float64Array()] = await decode(file);
    const seconds = samples.length / plan.sampleRate;
    const levelAt = (from: number, to: number): number => {
      const part = samples.subarray(Math.round(from * plan.sampleRate), Math.round(to * plan.sampleRate));
      return rmsOf(part) / (0.5 / Math.SQRT2);
    };
    expect(levelAt(0.2, 0.3)).toBeCloseTo(0.5, 1);
    expect(levelAt(1, 2.5)).toBeCloseTo(1, 1);
    expect(levelAt(seconds - 0.55, seconds - 0.45)).toBeCloseTo(0.5, 1);
    expect(levelAt(seconds - 0.05, seconds)).toBeLessThan(0.06);
  });

  test('that is longer than the sound takes all of it', async () => {
    const { file } = await bench.convert(await bench.make('t.wav', tone(1)), 'wav', { fadeOut: 60 });
    const [samples = new Float64Array()] = await decode(file);
    expect(rmsOf(samples.subarray(0, 2_000))).toBeCloseTo(0.5 / Math.SQRT2, 1);
    expect(rmsOf(samples.subarray(-2_000))).toBeLessThan(0.02);
  });
});

describe('silence', () => {
  const noise = (from: number, to: number): string =>
    `if(between(t\\,${from}\\,${to})\\,0.3*sin(2*PI*441*t)\\,1e-4*sin(2*PI*97*t))`;

  test.each([
    ['at both ends', noise(1, 3), 5, 2],
    ['at the start', noise(1.5, 9), 4, 2.5],
    ['at the end', noise(0, 2), 4, 2],
    ['nowhere', noise(0, 9), 2, 2],
    ['in the middle stays', `(${noise(1, 2)})+(${noise(3, 4)})`, 5, 3],
  ])('%s', async (_, expr, whole, left) => {
    const source = await bench.make('s.wav', tone(whole, expr));
    const { plan, file, warnings } = await bench.convert(source, 'wav', { silence: 'trim' });
    const [samples = new Float64Array()] = await decode(file);
    const seconds = samples.length / RATE;
    expect(seconds - left).toBeGreaterThanOrEqual(-0.001);
    expect(seconds - left).toBeLessThan(0.015);
    expect(plan.expectedSeconds).toBeCloseTo(seconds, 3);
    expect(warnings).toEqual([]);
    expect(peakOf(samples.subarray(0, 700))).toBeGreaterThan(0.2);
    expect(peakOf(samples.subarray(-700))).toBeGreaterThan(0.2);
  });

  test('is looked for within the trim, and by the threshold that was asked for', async () => {
    const source = await bench.make('s.wav', tone(5, noise(1, 3)));
    const cut = await bench.convert(source, 'wav', { silence: 'trim', trimStart: 0.5, trimEnd: 2 });
    expect((await measure(cut.file)).seconds).toBeCloseTo(1, 1);
    const low = await bench.convert(source, 'wav', { silence: 'trim', silenceThreshold: -85 });
    expect((await measure(low.file)).seconds).toBeCloseTo(5, 2);
  });

  test('alone is no reason for an empty file', async () => {
    const source = await bench.make('s.wav', tone(2, '0'));
    const { file, warnings } = await bench.convert(source, 'wav', { silence: 'trim' });
    expect([(await measure(file)).seconds, warnings]).toEqual([2, ['SILENCE_ONLY']]);
  });
});

describe('speed', () => {
  test.each([0.5, 0.75, 1.25, 2])('× %d changes the length and not the pitch', async (speed) => {
    const source = await bench.make('t.wav', tone(6));
    for (const format of ['wav', 'mp3'] as const) {
      const { facts, plan, file } = await bench.verified(source, format, { speed });
      expect(Math.abs(facts.durationSeconds - 6 / speed)).toBeLessThan(plan.expectedSlackSeconds);
      expect(plan.expectedSeconds).toBeCloseTo(6 / speed, 3);
      const [samples = new Float64Array()] = await decode(file);
      const steady = samples.subarray(RATE / 2, RATE / 2 + RATE);
      expect(Math.abs(decibels(toneAmplitude(steady, RATE, 441) / 0.5))).toBeLessThan(1.5);
    }
  });

  test.each([0.5, 2])('× %d keeps sounds that are shorter than its window', async (speed) => {
    const source = await bench.make('short.wav', tone(0.02));
    const { file } = await bench.convert(source, 'wav', { speed });
    const [samples = new Float64Array()] = await decode(file);
    expect(peakOf(samples)).toBeGreaterThan(0.2);
  });
});

test.each<[string, ConversionOptions, number]>([
  ['faster', { speed: 2 }, 3],
  ['without its silence', { silence: 'trim' }, 4],
])(
  'of a FLAC, whose checksum is looked at beside: %s it is as long as FFmpeg says, or FFmpeg does not say',
  async (_, options, seconds) => {
    const expr = 'if(between(t\\,1\\,5)\\,0.5*sin(2*PI*441*t)\\,0)';
    const source = await bench.make('summed.flac', tone(6, expr));
    const { facts, encoded } = await bench.verified(source, 'm4a', options);
    expect(encoded.plan.md5).toBeDefined();
    expect(facts.durationSeconds).toBeCloseTo(seconds, 1);
    expect(encoded.writtenSeconds ?? facts.durationSeconds).toBeCloseTo(facts.durationSeconds, 1);
  },
);

test('all of it at once, in the order silence, speed, fade, loudness', async () => {
  const expr = 'if(between(t\\,1\\,7)\\,0.05*sin(2*PI*441*t)\\,0)';
  const source = await bench.make('all.wav', tone(8, expr));
  const { facts, encoded, plan } = await bench.verified(source, 'mp3', {
    silence: 'trim',
    speed: 1.5,
    fadeIn: 0.5,
    fadeOut: 0.5,
    loudness: { target: -20 },
  });
  expect(Math.abs(facts.durationSeconds - 4)).toBeLessThan(plan.expectedSlackSeconds);
  expect(Math.abs((encoded.loudness?.after.integratedLufs ?? 0) + 20)).toBeLessThan(0.5);
  expect(encoded.loudness?.method).toBe('gain');
});
