/** Vorbis made in segments, with real FFmpeg: they meet behind an attack, and not a sample differs. */
import { readdir } from 'node:fs/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeBench } from '../conversion.testing.ts';
import { listenAll } from '../samples.testing.ts';
import type { WrittenSound } from '../written-sound.testing.ts';
import { music, resultsOf } from './seams.testing.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

const TAU = 2 * Math.PI;
/** Chords that swell, and a bell every seven seconds, or none. */
const slow = (seconds: number, bell: number): WrittenSound => ({
  ...{ sampleRate: 44_100, seconds },
  voices: [220, 330].map(
    (hz) => (t) =>
      0.2 * (1 + 0.8 * Math.sin(TAU * 0.13 * t)) * Math.sin(TAU * hz * t) +
      bell * Math.exp(-8 * (t % 7)) * Math.sin(TAU * 1_800 * t),
  ),
});

test.each([
  ['44.1 kHz, q5', music(44_100, 40.0123), 'q5'],
  ['48 kHz, mono, q2', { ...music(48_000, 40.0123), voices: music(48_000, 1).voices.slice(0, 1) }, 'q2'],
  ['an attack every seven seconds', slow(60.0123, 0.5), 'q6'],
] as const)('every sample is the same: %s', async (name, sound, quality) => {
  const source = await bench.writeSound(`${name}.wav`, sound);
  const results = await resultsOf(bench, { source, format: 'ogg', quality, segments: 3 });
  const joined = await results.join();
  if (joined.file === undefined) throw new Error('not joined', { cause: joined.problem });
  expect(joined.seams).toHaveLength(2);
  const [one, other] = await listenAll([results.single, joined.file]);
  const channels = one?.channels.length ?? 0;
  expect(channels).toBe(sound.voices.length);
  expect(other?.channels.map(({ length }) => length)).toEqual(one?.channels.map(({ length }) => length));
  const differ = other?.channels.map(
    (samples, channel) => samples.filter((sample, at) => sample !== one?.channels[channel]?.[at]).length,
  );
  expect(differ).toEqual(Array.from({ length: channels }, () => 0));
});

test('tags that take several pages stand in front of it, as one process writes them', async () => {
  const source = await bench.writeSound('tagged.wav', music(44_100, 40));
  const options = { setTags: { TITLE: 'Seams', COMMENT: 'é'.repeat(60_000) } };
  const results = await resultsOf(bench, { source, format: 'ogg', quality: 'q5', segments: 2, options });
  const joined = await results.join();
  if (joined.file === undefined) throw new Error('not joined', { cause: joined.problem });
  const tagsOf = async (file: string) =>
    (await execa('ffprobe', ['-v', 'error', '-show_entries', 'stream_tags', '-of', 'json', file])).stdout;
  expect(await tagsOf(joined.file)).toBe(await tagsOf(results.single));
  expect(await tagsOf(joined.file)).toContain('éééé');
});

test('where nothing is heard at which segments could meet, none is made, and nothing is left of the search', async () => {
  const source = await bench.writeSound('still.wav', slow(60.0123, 0));
  const results = await resultsOf(bench, { source, format: 'ogg', quality: 'q5', segments: 2 });
  const joined = await results.join();
  expect(joined).toEqual({ file: undefined, run: undefined, seams: [], problem: undefined });
  const after = await readdir(results.tools.cwd);
  expect(after.filter((file) => /^(rehearsal|segment)-.*\.ogg$|^joined.*\.ogg$/.test(file))).toEqual([]);
});
