/** The choices of a plan, and what it warns of. */
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { FormatName } from '@wavefleet/contracts/formats.ts';
import type { ConversionOptions, Quality } from '@wavefleet/contracts/request.ts';
import { expect, test } from 'vitest';
import { checkFacts } from '../probing/check-facts.ts';
import type { ProbedSource } from '../probing/source.ts';
import { planConversion } from './plan.ts';

const source = (facts: Partial<ProbedSource['facts']>, rest: Partial<ProbedSource> = {}): ProbedSource => ({
  facts: {
    container: 'wav',
    codec: 'pcm_s16le',
    durationSeconds: 60,
    sampleRate: 44_100,
    channels: 2,
    bitDepth: 16,
    streams: 1,
    hasCover: false,
    tags: {},
    ...facts,
  },
  audioStream: 0,
  layout: undefined,
  lateSeconds: 0,
  durationSlackSeconds: 0.05,
  pictureStream: undefined,
  language: undefined,
  chapters: [],
  ...rest,
});

test.each<[FormatName, Partial<ProbedSource['facts']>, Quality | undefined, ConversionOptions, string]>([
  ['mp3', {}, undefined, {}, ''],
  ['flac', {}, '192k', {}, 'QUALITY_IGNORED'],
  ['mp3', { sampleRate: 96_000 }, undefined, {}, 'RESAMPLED'],
  ['opus', { sampleRate: 44_100 }, undefined, {}, ''],
  ['wav', { sampleRate: 96_000 }, undefined, { sampleRate: 48_000 }, ''],
  ['mp3', { channels: 6 }, undefined, {}, 'DOWNMIXED'],
  ['mp3', { channels: 6 }, undefined, { channels: 2 }, ''],
  ['flac', { bitDepth: 32 }, undefined, {}, 'BIT_DEPTH_REDUCED'],
  ['flac', { bitDepth: 24 }, undefined, { bitDepth: 16 }, ''],
  ['mp3', { sampleRate: 22_050 }, '320k', {}, 'BITRATE_REDUCED'],
  ['mp3', { sampleRate: 22_050 }, 'high', {}, ''],
  ['mp3', {}, '100k', {}, 'BITRATE_REDUCED'],
  ['mp3', {}, '300k', {}, 'BITRATE_RAISED'],
  ['mp3', {}, '112k', {}, ''],
  ['mp3', {}, '144k', {}, 'BITRATE_REDUCED'],
  ['mp3', { sampleRate: 22_050 }, '144k', {}, ''],
  ['aac', {}, '100k', {}, ''],
  ['m4a', { sampleRate: 8_000, channels: 1 }, '128k', {}, 'BITRATE_REDUCED'],
  ['ogg', { channels: 1 }, '320k', {}, 'BITRATE_REDUCED'],
  ['ogg', {}, '32k', {}, 'BITRATE_RAISED'],
  ['ogg', { sampleRate: 96_000 }, '192k', {}, 'BITRATE_AS_QUALITY'],
  ['wav', { hasCover: true }, undefined, {}, 'COVER_DROPPED'],
  ['wav', { hasCover: true }, undefined, { cover: false }, ''],
  ['wav', {}, undefined, { trimEnd: 90 }, 'TRIM_BEYOND_END'],
])('%s %j %s %j warns: %s', (format, facts, quality, options, codes) => {
  const { warnings } = planConversion(source(facts), format, quality, options);
  expect(warnings.map((warning) => warning.code).join()).toBe(codes);
});

test.each<[FormatName, number, Quality, number, object]>([
  ['mp3', 22_050, '320k', 2, { kbps: 160 }],
  ['mp3', 8_000, '320k', 1, { kbps: 64 }],
  // What LAME makes of them (measured on FFmpeg 5.1.9).
  ['mp3', 44_100, '9k', 2, { kbps: 32 }],
  ['mp3', 44_100, '100k', 2, { kbps: 96 }],
  ['mp3', 44_100, '104k', 2, { kbps: 96 }],
  ['mp3', 44_100, '300k', 2, { kbps: 320 }],
  ['mp3', 22_050, '152k', 2, { kbps: 144 }],
  ['mp3', 11_025, '76k', 2, { kbps: 64 }],
  ['aac', 44_100, '320k', 1, { kbps: 264 }],
  ['ogg', 44_100, '500k', 1, { kbps: 240 }],
  ['ogg', 96_000, '192k', 2, { q: 6 }],
  ['opus', 48_000, 'medium', 1, { kbps: 64 }],
  ['opus', 48_000, 'medium', 6, { kbps: 384 }],
])('%s at %i Hz, %s, %i channels is encoded with %j', (format, sampleRate, quality, channels, expected) => {
  const { plan } = planConversion(source({ sampleRate, channels }), format, quality, {});
  expect(plan.quality).toEqual(expected);
});

test.each<[FormatName, number, number]>([
  ['mp3', 88_200, 44_100],
  ['mp3', 192_000, 48_000],
  ['mp3', 37_800, 44_100],
  ['m4a', 176_400, 88_200],
  ['ogg', 384_000, 192_000],
  ['flac', 768_000, 384_000],
  ['flac', 705_600, 352_800],
  ['flac', 65_537, 88_200],
  ['opus', 8_000, 48_000],
  ['wav', 1_001, 1_001],
])('%s from %i Hz gets %i Hz', (format, from, to) => {
  expect(planConversion(source({ sampleRate: from }), format, undefined, {}).plan.sampleRate).toBe(to);
});

test.each<[FormatName, string | undefined, number, number, string | undefined]>([
  ['opus', '5.1(side)', 6, 6, '5.1'],
  ['opus', '2.1', 3, 6, '5.1'],
  ['m4a', 'quad', 4, 5, '5.0'],
  ['flac', '5.1(side)', 6, 6, '5.1(side)'],
  ['alac', '7.1', 8, 6, '5.1'],
  ['alac', '6.1', 7, 7, '6.1(back)'],
  ['m4a', '7.1', 8, 2, 'stereo'],
  ['wav', '7.1', 8, 8, undefined],
  ['opus', undefined, 6, 6, '5.1'],
  ['opus', undefined, 10, 2, 'stereo'],
])('%s from %s (%i) has %i channels as %s', (format, layout, channels, expected, expectedLayout) => {
  const { plan } = planConversion(source({ channels }, { layout }), format, undefined, {});
  expect([plan.channels, plan.levels.channels.layout]).toEqual([expected, expectedLayout]);
});

test('the expected length follows the trim', () => {
  const plan = (options: ConversionOptions, durationSeconds: number | null = 60) =>
    planConversion(source({ durationSeconds }), 'mp3', undefined, options).plan;
  expect(plan({}).expectedSeconds).toBe(60);
  expect(plan({ trimStart: 10, trimEnd: 25 }).expectedSeconds).toBe(15);
  expect(plan({ trimStart: 10, trimEnd: 90 }).expectedSeconds).toBe(50);
  expect(plan({}, null).expectedSeconds).toBeNull();
});

test('a trim that starts behind the end is INVALID_OPTION', () => {
  expect(() => planConversion(source({}), 'mp3', undefined, { trimStart: 60 })).toThrow(
    expect.objectContaining({ code: 'INVALID_OPTION' }),
  );
});

test('an estimated duration refuses no trim', () => {
  const estimated = source({}, { durationSlackSeconds: Number.POSITIVE_INFINITY });
  const options = { trimStart: 60, trimEnd: 90 };
  expect(planConversion(estimated, 'mp3', undefined, options).warnings).toEqual([]);
});

test.each([
  [{ sampleRate: 0 }, 'UNSUPPORTED_SAMPLE_RATE'],
  [{ sampleRate: 999 }, 'UNSUPPORTED_SAMPLE_RATE'],
  [{ sampleRate: 4_294_967_295 }, 'UNSUPPORTED_SAMPLE_RATE'],
  [{ channels: 0 }, 'UNSUPPORTED_CHANNELS'],
  [{ channels: 17 }, 'UNSUPPORTED_CHANNELS'],
  [{ streams: 65 }, 'TOO_MANY_STREAMS'],
])('%j is %s', (facts, code) => {
  const error = (() => {
    try {
      return checkFacts(source(facts).facts);
    } catch (caught) {
      return caught;
    }
  })();
  expect(error instanceof Failure && error.code).toBe(code);
});
