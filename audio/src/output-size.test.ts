/** The size that the page foretells, against real conversions of something like music. */
import { stat } from 'node:fs/promises';
import { type FormatName, formatNames } from '@wavefleet/contracts/formats.ts';
import { estimateOutputBytes } from '@wavefleet/contracts/output-size.ts';
import type { ConversionOptions, Quality } from '@wavefleet/contracts/request.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeBench } from './conversion.testing.ts';

const SECONDS = 20;
let bench: Awaited<ReturnType<typeof makeBench>>;
let music: string;
beforeAll(async () => {
  bench = await makeBench();
  // Chords with vibrato and noise, different on both sides: neither the silence nor the white noise of extremes.
  const voice = (hz: number) => `0.2*sin(2*PI*${hz}*t+3*sin(2*PI*5*t))*(0.6+0.4*sin(2*PI*0.7*t))`;
  const side = (...hz: number[]) => `${hz.map(voice).join('+')}+0.02*(random(0)-0.5)`;
  music = await bench.make('music.wav', [
    '-f',
    'lavfi',
    '-i',
    `aevalsrc='${side(220, 554, 1660)}|${side(221, 659, 2489)}':s=44100:d=${SECONDS}`,
    '-c:a',
    'pcm_s16le',
  ]);
});
afterAll(() => bench.remove());

/** How far the estimate may be off, as a factor either way. */
const tolerance = { exact: 1.001, close: 1.1, rough: 2 } as const;

async function check(format: FormatName, quality?: Quality, options: ConversionOptions = {}) {
  const estimate = estimateOutputBytes({
    format,
    quality,
    options,
    durationSeconds: SECONDS,
    sampleRate: 44_100,
    channels: 2,
    bitDepth: 16,
  });
  const { file } = await bench.convert(music, format, options, quality);
  const ratio = (await stat(file)).size / estimate.bytes;
  expect(Math.max(ratio, 1 / ratio), `${format}: ${ratio}`).toBeLessThan(tolerance[estimate.certainty]);
}

test.each(formatNames)('%s by its default', async (format) => await check(format));

test.each([
  ['mp3', '64k', { channels: 1 }],
  ['mp3', 'low', { channels: 1, sampleRate: 22_050 }],
  ['mp3', '320k', { sampleRate: 16_000 }],
  ['mp3', 'v0', {}],
  ['mp3', 'v5', { channels: 1 }],
  ['wav', undefined, { bitDepth: 32 }],
  ['ac3', '448k', {}],
  ['m4a', '256k', { trimStart: 5, trimEnd: 12.5 }],
  ['wav', undefined, { bitDepth: 24, sampleRate: 96_000, trimStart: 15 }],
  ['ogg', 'q2', {}],
  ['opus', '32k', { channels: 1 }],
  ['flac', undefined, { bitDepth: 16, channels: 1 }],
] as const)('%s %s %o', async (format, quality, options) => await check(format, quality, options));
