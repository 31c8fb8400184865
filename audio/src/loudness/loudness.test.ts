/** The loudness table: each material to each target, as FFmpeg's own ebur128 measures the result. */
import type { FormatName } from '@wavefleet/contracts/formats.ts';
import type { Quality } from '@wavefleet/contracts/request.ts';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeBench } from '../conversion.testing.ts';
import { decode } from '../samples.testing.ts';
import type { Voice, WrittenSound } from '../written-sound.testing.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

/** As an independent listener hears it: the summary that `ebur128` says at the end. */
async function measured(file: string): Promise<{ integrated: number; truePeak: number }> {
  const { stderr } = await execa('ffmpeg', [
    ...[
      '-nostdin',
      '-hide_banner',
      '-i',
      file,
      '-map',
      '0:a:0',
      '-af',
      'ebur128=peak=true',
      '-f',
      'null',
      '-',
    ],
  ]);
  const summary = stderr.slice(stderr.lastIndexOf('Summary:'));
  const figure = (name: string): number =>
    Number(new RegExp(`${name}:\\s+(-?[\\d.]+|-inf)`).exec(summary)?.[1]);
  return { integrated: figure('I'), truePeak: figure('Peak') };
}

const lavfi = (graph: string): string[] => ['-f', 'lavfi', '-i', graph];
/** Chords that swell, with drum hits of little energy and high peaks: about −17 LUFS, peaks near 0 dBFS. */
const music = (seconds: number, level = 1): WrittenSound => {
  const sine = (hz: number, t: number): number => Math.sin(2 * Math.PI * hz * t);
  const left: Voice = (t) =>
    0.16 * (1 + 0.5 * sine(0.1, t)) * (sine(220, t) + sine(277, t) + sine(330, t)) +
    0.45 * Math.exp(-40 * (t % 0.5)) * sine(1_800, t);
  const right: Voice = (t) =>
    0.16 * (1 + 0.5 * Math.cos(0.2 * Math.PI * t)) * (sine(220, t) + sine(275, t) + sine(440, t)) +
    0.4 * Math.exp(-60 * (t % 0.25)) * sine(2_500, t);
  return { seconds, sampleRate: 44_100, voices: [left, right].map((voice) => (t) => level * voice(t)) };
};
/** Syllables of noise around a voice's frequencies, with pauses: quiet, peaky and mono. */
const speech = (seconds: number): string[] =>
  lavfi(
    `anoisesrc=c=pink:r=44100:a=0.9:d=${seconds}:seed=3,bandpass=f=700:width_type=o:width=2,volume='0.35*pow(max(0\\,sin(2*PI*3.1*t)),2)*(0.4+0.6*abs(sin(2*PI*0.37*t)))*lt(mod(t\\,5),4.2)':eval=frame,aformat=channel_layouts=mono`,
  );

/** Ten seconds are a whole swell and two sentences. */
const materials: Record<string, WrittenSound | string[]> = {
  'music, 10 s': music(10),
  'quiet music, 10 s': music(10, 0.1),
  'speech, 10 s': speech(10),
  'music, 5 s': music(5),
  'a clip of speech, 5 s': speech(5),
};
const targets: [target: number, formats: [FormatName, Quality | undefined][]][] = [
  [
    -14,
    [
      ['wav', undefined],
      ['mp3', '128k'],
      ['opus', '96k'],
    ],
  ],
  [
    -16,
    [
      ['flac', undefined],
      ['m4a', '96k'],
    ],
  ],
  [
    -23,
    [
      ['wav', undefined],
      ['ogg', 'q3'],
    ],
  ],
  [-24, [['mp3', '64k']]],
];

// Two targets each, one above and one below what the material has, so that every target and every format has its turn.
describe.each(Object.keys(materials).map((name, index) => [name, index] as const))('%s', (material, turn) => {
  let source: string;
  beforeAll(async () => {
    const made = materials[material] ?? expect.fail();
    const name = `material-${turn}.wav`;
    source = await (Array.isArray(made) ? bench.make(name, made) : bench.writeSound(name, made));
  });
  const own = targets.filter((_, index) => index % 2 === turn % 2);
  test.each(own)('to %i LUFS', async (target, formats) => {
    const at = Math.floor(turn / 2) % formats.length;
    for (const [format, quality] of formats.slice(at, at + 1)) {
      const { file, encoded } = await bench.convert(source, format, { loudness: { target } }, quality);
      const { integrated, truePeak } = await measured(file);
      expect.soft(Math.abs(integrated - target), `${format}: ${integrated} LUFS`).toBeLessThanOrEqual(0.5);
      expect.soft(truePeak, format).toBeLessThanOrEqual(-1);
      const { loudness } = encoded;
      expect(Math.abs((loudness?.after.integratedLufs ?? 0) - integrated)).toBeLessThanOrEqual(0.1);
      expect(Math.abs((loudness?.after.truePeakDbtp ?? 0) - truePeak)).toBeLessThanOrEqual(0.1);
      // A limiter only where the peaks would be too high without one.
      const { integratedLufs, truePeakDbtp } = loudness?.before ?? {};
      const peak = (truePeakDbtp ?? 0) + target - (integratedLufs ?? 0);
      if (quality === undefined) expect(loudness?.method).toBe(peak > -1 ? 'limiter' : 'gain');
      const codes = encoded.warnings.map(({ code }) => code).join();
      expect(codes, format).toBe(loudness?.method === 'limiter' ? 'PEAKS_LIMITED' : '');
    }
  });
});

test('what is next to silence keeps its level, and the job says so', async () => {
  const source = await bench.make('quiet.wav', lavfi('anoisesrc=a=0.0008:r=44100:d=6:seed=5'));
  const before = await measured(source);
  const { file, encoded } = await bench.convert(source, 'mp3', { loudness: { target: -16 } });
  const after = await measured(file);
  expect(encoded.warnings.map(({ code }) => code)).toEqual(['LOUDNESS_KEPT']);
  expect(encoded.loudness).toMatchObject({ method: 'none', gainDb: 0 });
  expect(Math.abs(after.integrated - before.integrated)).toBeLessThan(0.3);
});

test.each([
  ['silence', 'anullsrc=r=44100:cl=stereo:d=3'],
  ['a tenth of a second', 'sine=440:r=44100:d=0.1'],
])('%s has no loudness', async (_, graph) => {
  const { encoded } = await bench.convert(
    await bench.make('none.wav', [...lavfi(graph), '-t', '3']),
    'flac',
    {
      loudness: { target: -16 },
    },
  );
  expect(encoded.loudness).toMatchObject({ before: { integratedLufs: null }, method: 'none' });
  expect(encoded.warnings.map(({ code }) => code)).toEqual(['LOUDNESS_KEPT']);
});

test('measuring changes nothing', async () => {
  const source = await bench.writeSound('music.wav', music(5));
  const { integrated, truePeak } = await measured(source);
  const { file, encoded } = await bench.convert(source, 'flac', { loudness: { mode: 'measure' } });
  expect(await decode(file)).toEqual(await decode(source));
  const figures = { integratedLufs: integrated, truePeakDbtp: truePeak };
  expect(encoded.loudness?.method).toBe('none');
  for (const side of [encoded.loudness?.before, encoded.loudness?.after]) {
    expect(Math.abs((side?.integratedLufs ?? 0) - figures.integratedLufs)).toBeLessThanOrEqual(0.06);
    expect(Math.abs((side?.truePeakDbtp ?? 0) - figures.truePeakDbtp)).toBeLessThanOrEqual(0.06);
  }
});

test('a target that the peaks do not allow is missed, and never the ceiling', async () => {
  // Clicks: hardly any energy between peaks.
  const source = await bench.make('clicks.wav', lavfi("aevalsrc='0.9*lt(mod(t\\,1)\\,0.0005)':s=44100:d=8"));
  const { file, encoded } = await bench.convert(source, 'wav', { loudness: { target: -14, truePeak: -2 } });
  expect((await measured(file)).truePeak).toBeLessThanOrEqual(-2);
  expect(encoded.warnings.map(({ code }) => code)).toEqual(['LOUDNESS_MISSED']);
});

test('an encoder that goes beyond every ceiling is brought below it', async () => {
  const source = await bench.make('speech.wav', speech(5));
  const { file, encoded } = await bench.convert(source, 'opus', { loudness: { target: -14 } }, '24k');
  expect((await measured(file)).truePeak).toBeLessThanOrEqual(-1);
  expect(encoded.loudness?.method).toBe('limiter');
});
