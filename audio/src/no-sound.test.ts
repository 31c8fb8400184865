/** Float sources with samples that are no sound: every format keeps the rest, and the job says so. */
import { createReadStream } from 'node:fs';
import type { FormatName } from '@wavefleet/contracts/formats.ts';
import type { ConversionOptions, Quality } from '@wavefleet/contracts/request.ts';
import { recordedLog } from '@wavefleet/platform/log/recorded-log.testing.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeBench, roomyLimits } from './conversion.testing.ts';
import { convert } from './convert.ts';
import { SourceFeed } from './process/source-feed.ts';
import { decode, peakOf, rmsOf } from './samples.testing.ts';
import { convertStreamed } from './streaming/convert-streamed.ts';
import { noiseOf, tone, type Voice } from './written-sound.testing.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
let clean: string;
let broken: string;
const RATE = 48_000;
const SECONDS = 2;
const LAST = SECONDS * RATE - 1;
const rest: Voice = tone(0.25, 441);
const samples = 'float';
/** The first and the last sample, some within, and one that is a number and too large. */
const wild: Readonly<Record<number, number>> = {
  0: Number.NaN,
  20000: Number.POSITIVE_INFINITY,
  20001: Number.NEGATIVE_INFINITY,
  40000: 1e30,
  [LAST]: Number.NaN,
};
const withWild: Voice = (seconds) => wild[Math.round(seconds * RATE)] ?? rest(seconds);

beforeAll(async () => {
  bench = await makeBench();
  const sound = { sampleRate: RATE, seconds: SECONDS, samples } as const;
  clean = await bench.writeSound('clean.wav', { ...sound, voices: [rest, rest] });
  broken = await bench.writeSound('broken.wav', { ...sound, voices: [rest, withWild] });
});
afterAll(() => bench.remove());

const told = (warnings: readonly string[]) => warnings.filter((code) => code === 'SAMPLES_INVALID');

test.concurrent.each<[FormatName, ConversionOptions]>([
  ['wav', {}],
  ['wav', { sampleRate: 44_100, channels: 1 }],
  ['wav', { sampleRate: 44_100, bitDepth: 32 }],
  ['flac', { fadeOut: 0.1, silence: 'trim' }],
  ['mp3', {}],
  ['m4a', {}],
  ['ogg', {}],
  ['opus', {}],
  ['ac3', {}],
])('%s %j keeps the rest', async (format, options) => {
  const { file, warnings } = await bench.convert(broken, format, options);
  expect(told(warnings)).toEqual(['SAMPLES_INVALID']);
  const channels = await decode(file);
  const same = await decode((await bench.convert(clean, format, options)).file);
  expect(channels.map(({ length }) => length)).toEqual(same.map(({ length }) => length));
  for (const [index, sound] of channels.entries()) {
    expect(peakOf(sound)).toBeLessThan(1.3);
    // Between the last two of them, where encoders have lost what was around.
    const part = (of: Float64Array = new Float64Array()) => of.subarray(of.length * 0.6, of.length * 0.9);
    expect(rmsOf(part(sound))).toBeCloseTo(rmsOf(part(same[index])), 2);
  }
});

test('so it is in every file that keeps floats', async () => {
  const copied = ['-i', broken, '-c:a'];
  for (const source of [
    await bench.make('broken.aiff', [...copied, 'pcm_f32be']),
    await bench.make('broken.caf', [...copied, 'pcm_f64be']),
    await bench.make('broken.mov', [...copied, 'pcm_f32le']),
    await bench.make('broken.mkv', [...copied, 'pcm_f64le']),
  ]) {
    for (const format of ['flac', 'mp3'] as const)
      expect(told((await bench.convert(source, format)).warnings), source).toEqual(['SAMPLES_INVALID']);
  }
});

test('one such sample is enough, wherever it is', async () => {
  for (const at of [0, RATE - 1]) {
    const voice: Voice = (seconds) => (Math.round(seconds * RATE) === at ? Number.NaN : rest(seconds));
    for (const voices of [[voice], [voice, rest], [rest, voice]]) {
      const source = await bench.writeSound('one.wav', { sampleRate: RATE, seconds: 1, samples, voices });
      for (const format of ['wav', 'opus'] as const)
        expect(told((await bench.convert(source, format)).warnings)).toEqual(['SAMPLES_INVALID']);
    }
  }
});

test.each<[FormatName, Quality]>([
  ['mp3', '64k'],
  ['mp3', '192k'],
  ['mp3', 'v2'],
])('noise at +140 dBFS does not end %s at %s as a crash', async (format, quality) => {
  const noise = noiseOf(1);
  const voices = [() => 2e7 * noise()];
  const source = await bench.writeSound('loud.wav', { sampleRate: RATE, seconds: 2, samples, voices });
  expect(told((await bench.convert(source, format, {}, quality)).warnings)).toEqual(['SAMPLES_INVALID']);
});

test('loudness is that of what is left', async () => {
  const loudness = { target: -20 };
  const { encoded } = await bench.convert(broken, 'mp3', { loudness });
  const { loudness: same } = (await bench.convert(clean, 'mp3', { loudness })).encoded;
  const lufs = encoded.loudness?.before.integratedLufs ?? 0;
  expect(Math.abs(lufs - (same?.before.integratedLufs ?? 0))).toBeLessThan(0.5);
});

test.each<FormatName>(['wav', 'mp3', 'opus'])('who is strict gets no %s', async (format) => {
  await expect(bench.convert(broken, format, { strict: true })).rejects.toMatchObject({
    code: 'CORRUPT_INPUT',
  });
});

test('what a cut leaves out does not count, and floats that stay floats are as they were', async () => {
  const cut = { trimStart: 0.5, trimEnd: 0.8 };
  expect(told((await bench.convert(broken, 'wav', cut)).warnings)).toEqual([]);
  const { file, warnings } = await bench.convert(broken, 'wav', { bitDepth: 32 });
  expect([warnings, await decode(file)]).toEqual([[], await decode(broken)]);
});

test.concurrent.each<[FormatName, ConversionOptions]>(
  (['wav', 'flac', 'm4a', 'ac3', 'wav-ulaw', 'mp3', 'opus'] as const).flatMap((format) =>
    [{ speed: 0.5 }, { speed: 1.37, fadeOut: 0.2 }, { loudness: { target: -9 } }, { channels: 1 }].map(
      (options): [FormatName, ConversionOptions] => [format, options],
    ),
  ),
)('floats that are sound are told to be, and taken by who is strict: %s %j', async (format, options) => {
  const { warnings } = await bench.convert(clean, format, { ...options, strict: true });
  expect(told(warnings)).toEqual([]);
});

test('floats beyond full scale that are played faster are told, and are sound', async () => {
  const loud = await bench.writeSound('hot.wav', {
    ...{ sampleRate: RATE, seconds: 2, samples },
    voices: [tone(2, 441)],
  });
  // What decodes to floats is not looked at for numbers, and for peaks just as well.
  const lossy = await bench.make('hot.m4a', ['-i', loud, '-b:a', '192k']);
  for (const source of [loud, lossy]) {
    for (const format of ['wav', 'flac'] as const) {
      const { warnings } = await bench.convert(source, format, { speed: 1.37 });
      expect(warnings, `${source} ${format}`).toEqual(expect.arrayContaining(['CLIPPED']));
      expect(told(warnings)).toEqual([]);
    }
  }
});

test('a sample at full scale is not beyond it', async () => {
  const voice: Voice = (seconds) => (Math.round(seconds * RATE) === 9_000 ? 1 : rest(seconds));
  const source = await bench.writeSound('full.wav', {
    sampleRate: RATE,
    seconds: 1,
    samples,
    voices: [voice],
  });
  for (const format of ['wav', 'flac', 'm4a'] as const)
    expect((await bench.convert(source, format)).warnings).not.toContain('CLIPPED');
  const flac = await bench.make('full.mov', ['-i', source, '-c:a', 'pcm_f32le']);
  expect((await bench.convert(flac, 'flac', { channels: 2 })).warnings).toEqual(['BIT_DEPTH_REDUCED']);
});

test('by segments and by a pipe there is no other result', async () => {
  const bad: Voice = (seconds) => (Math.round(seconds * RATE) === 5 * RATE ? Number.NaN : rest(seconds));
  const source = await bench.writeSound('long.wav', {
    sampleRate: RATE,
    seconds: 90,
    samples,
    voices: [bad, rest],
  });
  for (const format of ['opus', 'mp3'] as const) {
    const { log, said } = recordedLog();
    const tools = { ...(await bench.folderWith(source)), log };
    await tools.sandbox.prepareFolder(tools.cwd);
    const probed = await bench.probeFile(source);
    const order = { format, options: {}, quality: '128k' } as const;
    const asked = { output: 'out', input: probed.facts, limits: roomyLimits(90) };
    const parallel = { leastSeconds: 0, idleCores: async () => 2 };
    const { warnings } = await convert(tools, probed, order, { ...asked, parallel });
    expect(told(warnings.map(({ code }) => code))).toEqual(['SAMPLES_INVALID']);
    expect(said.map(({ event }) => event)).toContain('split.abandoned');
    const feed = new SourceFeed(createReadStream(source));
    const streamed = convertStreamed(await bench.folderWith(source), probed, order, { ...asked, feed });
    await expect(streamed).rejects.toMatchObject({ why: format === 'mp3' ? 'failure' : 'damage' });
  }
});
