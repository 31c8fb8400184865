/** The size that the page foretells, against real conversions of something like music. */
import { stat } from 'node:fs/promises';
import { type FormatName, formatNames } from '@wavefleet/contracts/formats.ts';
import { estimateOutputBytes } from '@wavefleet/contracts/output-size.ts';
import type { ConversionOptions, Quality } from '@wavefleet/contracts/request.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeBench } from './conversion.testing.ts';
import { noiseOf, type Voice } from './written-sound.testing.ts';

const SECONDS = 20;
let bench: Awaited<ReturnType<typeof makeBench>>;
let music: string;
beforeAll(async () => {
  bench = await makeBench();
  // Chords with vibrato and noise, different on both sides: neither the silence nor the white noise of extremes.
  const sine = (hz: number, t: number, shift = 0) => Math.sin(2 * Math.PI * hz * t + shift);
  const voice = (hz: number, t: number) => 0.2 * sine(hz, t, 3 * sine(5, t)) * (0.6 + 0.4 * sine(0.7, t));
  const side = (...chord: number[]): Voice => {
    const noise = noiseOf(chord[0] ?? 0);
    return (t) => chord.reduce((sum, hz) => sum + voice(hz, t), 0.02 * noise());
  };
  music = await bench.writeSound('music.wav', {
    ...{ sampleRate: 44_100, seconds: SECONDS },
    voices: [side(220, 554, 1_660), side(221, 659, 2_489)],
  });
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
