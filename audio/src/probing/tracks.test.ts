/** Which audio track of several is converted, with real files. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeBench } from '../conversion.testing.ts';
import { listen, rmsOf, toneAmplitude } from '../samples.testing.ts';
import { undecodableFirst } from './undecodable-first.testing.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
let film: string;
let mov: string;
const tone = (hertz: number, rate = 48_000) => ['-f', 'lavfi', '-i', `sine=${hertz}:r=${rate}:d=1`];
const language = (index: number, name: string) => [`-metadata:s:a:${index}`, `language=${name}`];

beforeAll(async () => {
  bench = await makeBench();
  film = await bench.make('film.mkv', [
    ...['-f', 'lavfi', '-i', 'testsrc=s=64x64:r=25:d=1'],
    ...[...tone(440), ...tone(550, 44_100), ...tone(660), ...tone(770)],
    ...['-map', '0', '-map', '1', '-map', '2', '-map', '3', '-map', '4', '-c:v', 'mpeg4', '-c:a', 'flac'],
    ...['-ac:a:3', '2'],
    ...[...language(0, 'ger'), ...language(1, 'eng'), ...language(2, 'eng'), ...language(3, 'por')],
    ...['-metadata:s:a:2', 'title=Director’s\ncommentary'],
    ...['-disposition:a:0', '0', '-disposition:a:1', 'default'],
  ]);
  mov = await undecodableFirst(bench);
});
afterAll(() => bench.remove());

test('the facts list the tracks, and the main one is converted with a word about the others', async () => {
  const { facts } = await bench.probeFile(film);
  const known = { codec: 'flac', channels: 1, isDefault: false, title: null };
  expect(facts).toMatchObject({ sampleRate: 44_100, track: 2 });
  expect(facts.tracks).toEqual([
    { ...known, track: 1, language: 'ger' },
    { ...known, track: 2, language: 'eng', isDefault: true },
    { ...known, track: 3, language: 'eng', title: 'Director’s commentary' },
    { ...known, track: 4, language: 'por', channels: 2 },
  ]);
  const { warnings } = await bench.convert(film, 'wav');
  expect(warnings).toEqual(['OTHER_TRACKS']);
});

test.each<[number | string, number]>([
  [1, 440],
  [3, 660],
  ['de', 440],
  ['deu', 440],
  ['GER', 440],
  ['en', 550],
  ['pt', 770],
])('track %j is the one of %i Hz, and nothing is said of the others', async (track, hertz) => {
  const { file, warnings } = await bench.convert(film, 'wav', { track, channels: 1 });
  expect(warnings.filter((code) => code !== 'DOWNMIXED')).toEqual([]);
  expect(await levelAt(file, hertz)).toBeGreaterThan(0.9);
});

test.each([5, 'fr', 'pt-BR'])(
  'track %j is not there: the job is refused, with what there is',
  async (track) => {
    await expect(bench.convert(film, 'wav', { track })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      detail: { field: 'options.track', tracks: [{ track: 1 }, { track: 2 }, { track: 3 }, { track: 4 }] },
    });
  },
);

test('in place of a main track that cannot be decoded the first one that can is converted', async () => {
  const { facts } = await bench.probeFile(mov);
  expect(facts).toMatchObject({
    codec: 'aac',
    track: 2,
    tracks: [{ codec: 'unknown', isDefault: true }, { codec: 'aac' }],
  });
  const { file, warnings } = await bench.convert(mov, 'wav');
  expect(warnings).toEqual(['TRACK_SKIPPED']);
  expect(await levelAt(file, 880)).toBeGreaterThan(0.9);
});

test('a track that cannot be decoded and was asked for by its number is not replaced', async () => {
  await expect(bench.convert(mov, 'wav', { track: 1 })).rejects.toMatchObject({ code: 'NO_DECODABLE_AUDIO' });
});

/** How much of the sound lies at that pitch, 0 to 1. */
async function levelAt(file: string, hertz: number): Promise<number> {
  const { sampleRate, channels } = await listen(file);
  const [samples = new Float64Array()] = channels;
  return toneAmplitude(samples, sampleRate, hertz) / Math.SQRT2 / rmsOf(samples);
}
