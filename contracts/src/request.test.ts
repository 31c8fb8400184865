/** Orders: what a quality means, and what no format can hold. */
import { expect, test } from 'vitest';
import { formatNames, outputFormats } from './formats.ts';
import { findRequestProblem, optionsSchema, qualitySchema, resolveQuality } from './request.ts';

test.each(['low', 'medium', 'high', '8k', '192k', 'q0', 'q5', 'q4.5', 'v0', 'v9'])(
  'quality %s is well formed',
  (quality) => {
    expect(qualitySchema.safeParse(quality).success).toBe(true);
  },
);

test.each([
  '',
  '192',
  '192K',
  'k',
  '-1k',
  '1e3k',
  '128k -f tee',
  'q',
  'q-1',
  'v10',
  'v',
  'v2.5',
  'best',
  192,
  null,
  ['192k'],
])('quality %s is not', (quality) => {
  expect(qualitySchema.safeParse(quality).success).toBe(false);
});

test('names and figures resolve to what the encoder takes', () => {
  expect(resolveQuality('mp3', undefined)).toEqual({ kbps: 192 });
  expect(resolveQuality('mp3', 'high')).toEqual({ kbps: 320 });
  expect(resolveQuality('ogg', undefined)).toEqual({ q: 5 });
  expect(resolveQuality('ogg', 'q3')).toEqual({ q: 3 });
  expect(resolveQuality('ogg', '160k')).toEqual({ kbps: 160 });
  expect(resolveQuality('opus', '96k')).toEqual({ kbps: 96 });
  expect(resolveQuality('mp3', 'v2')).toEqual({ v: 2 });
  expect(resolveQuality('wav-ulaw', '64k')).toBeUndefined();
  expect(resolveQuality('flac', '320k')).toBeUndefined();
});

test.each([
  ['mp3', '321k', {}, 'quality', 'expected 8k to 320k for mp3, got 321k'],
  ['mp3', 'q5', {}, 'quality', 'mp3 takes a bitrate such as 192k, or v0 to v9, not q5'],
  ['m4a', 'q5', {}, 'quality', 'm4a takes a bitrate, not q5'],
  ['ogg', 'v2', {}, 'quality', 'ogg takes no v2; only mp3 does'],
  ['m4a', 'v2', {}, 'quality', 'm4a takes no v2; only mp3 does'],
  [
    'ac3',
    '100k',
    {},
    'quality',
    'expected one of 32k, 40k, 48k, 56k, 64k, 80k, 96k, 112k, 128k, 160k, 192k, 224k, 256k, 320k, 384k, 448k, 512k, 576k, 640k for ac3',
  ],
  ['flac', undefined, { bitDepth: 32 }, 'options.bitDepth', 'expected one of 16, 24 for flac'],
  ['ogg', 'q11', {}, 'quality', 'expected q0 to q10'],
  ['ogg', '20k', {}, 'quality', 'expected 32k to 500k for ogg, got 20k'],
  ['opus', undefined, { sampleRate: 44_100 }, 'options.sampleRate', 'expected one of 48000 for opus'],
  ['mp3', undefined, { channels: 6 }, 'options.channels', 'expected at most 2 for mp3'],
  ['mp3', undefined, { dither: false }, 'options.dither', 'mp3 has no bit depth to round to; leave it out'],
  [
    ...(['mp3', undefined, { silenceThreshold: -40 }, 'options.silenceThreshold'] as const),
    'expected silence: "trim" beside it',
  ],
  ['mp3', undefined, { bitDepth: 16 }, 'options.bitDepth', 'mp3 has no bit depth; leave it out'],
] as const)('%s %s %o is refused', (format, quality, options, field, message) => {
  expect(findRequestProblem(format, quality, options)).toEqual({ field, message });
});

test('every format is possible without any option', () => {
  for (const format of formatNames) expect(findRequestProblem(format, undefined, {})).toBeUndefined();
});

test.each([
  { sampleRate: 44_101 },
  { sampleRate: 2 ** 31 },
  { channels: 0 },
  { channels: 1e5 },
  { channels: 1.5 },
  { trimStart: -1 },
  { trimStart: 5, trimEnd: 5 },
  { trimEnd: Number.NaN },
  { bitDepth: 20 },
  { filter: 'anullsrc' },
])('options %o are refused', (options) => {
  expect(optionsSchema.safeParse(options).success).toBe(false);
});

test('the catalogue is consistent: lossy formats have a quality scale or one bitrate, lossless ones neither', () => {
  for (const format of Object.values(outputFormats)) {
    expect('quality' in format || 'kbpsPerChannel' in format).toBe(!format.lossless);
  }
});

test('fractions are rounded to microseconds before their bounds are checked: none is too small to be stored', () => {
  expect(optionsSchema.parse({ trimStart: 1e-200, trimEnd: 1.000_000_4 })).toEqual({
    trimStart: 0,
    trimEnd: 1,
  });
  expect(optionsSchema.parse({ loudness: { target: -16, truePeak: -5e-324 } }).loudness?.truePeak).toBe(-0);
  for (const options of [
    { trimEnd: 1e-200 },
    { fadeIn: 1e-7 },
    { fadeOut: 5e-324 },
    { trimStart: 1, trimEnd: 1.000_000_1 },
  ])
    expect(optionsSchema.safeParse(options).success).toBe(false);
});
