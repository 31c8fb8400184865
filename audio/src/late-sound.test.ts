/** Videos whose sound begins late: the result begins with the sound, or fits the picture. */
import { writeFile } from 'node:fs/promises';
import type { ConversionOptions } from '@wavefleet/contracts/request.ts';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeBench } from './conversion.testing.ts';
import { listenAll, measure, type Sound } from './samples.testing.ts';
import { tellingFormats } from './telling-formats.testing.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

const LATE_SECONDS = 0.5;
const video = (name: string, late: number, codecs: readonly string[]) =>
  bench.make(name, [
    ...['-f', 'lavfi', '-i', 'testsrc=s=64x64:r=25:d=3', '-itsoffset', String(late)],
    ...[
      '-f',
      'lavfi',
      '-i',
      "aevalsrc='0.5*sin(440*2*PI*t)':d=2:s=48000",
      '-map',
      '0',
      '-map',
      '1',
      ...codecs,
    ],
  ]);

/** Seconds of silence before the sound, and all of them. */
function timesOf({ sampleRate, channels }: Sound | undefined = { sampleRate: 0, channels: [] }) {
  const samples = channels[0] ?? new Float64Array();
  const silence = samples.findIndex((sample) => Math.abs(sample) > 0.05) / sampleRate;
  return { silence, seconds: samples.length / sampleRate };
}

const videos: readonly [string, readonly string[]][] = [
  ['late.mkv', ['-c:v', 'mpeg4', '-c:a', 'pcm_s16le']],
  ['h264.mkv', ['-c:v', 'libx264', '-c:a', 'pcm_s16le']],
  ['late.mp4', ['-c:v', 'mpeg4', '-c:a', 'aac']],
  ['late.ts', ['-c:v', 'mpeg2video', '-c:a', 'mp2']],
];
describe.each(videos.map((each, turn) => [...each, turn] as const))('%s', (name, codecs, turn) => {
  test('begins with the sound, or with silence on request', async () => {
    const source = await video(name, LATE_SECONDS, codecs);
    const formats = tellingFormats(turn);
    const made = [];
    for (const format of formats) {
      const plain = await bench.verified(source, format);
      const kept = await bench.verified(source, format, { timeline: 'keep' });
      const cut = await bench.verified(source, format, { timeline: 'keep', trimStart: 0.25, trimEnd: 1 });
      expect([plain.warnings, kept.warnings], format).toEqual([['SOUND_STARTS_LATE'], []]);
      const longer = kept.facts.durationSeconds - plain.facts.durationSeconds;
      expect(Math.abs(longer - LATE_SECONDS), format).toBeLessThan(0.03);
      expect(cut.facts.durationSeconds, format).toBeCloseTo(0.75, 1);
      made.push(plain.file, kept.file, cut.file);
    }
    const heard = (await listenAll(made)).map(timesOf);
    for (const [index, format] of formats.entries()) {
      const [plain = timesOf(), kept = timesOf(), cut = timesOf()] = heard.slice(3 * index);
      expect(plain.silence, format).toBeLessThan(0.04);
      expect(plain.seconds, format).toBeCloseTo(2, 0);
      // A frame of the encoder's beginning belongs to the sound.
      expect(Math.abs(kept.silence - LATE_SECONDS), format).toBeLessThan(0.03);
      expect(Math.abs(cut.silence - 0.25), format).toBeLessThan(0.03);
    }
  });
});

test('asked for, the start of the sound is nothing to warn of; 40 ms are not noticed', async () => {
  const codecs = ['-c:v', 'mpeg4', '-c:a', 'pcm_s16le'];
  const late = await video('late.mkv', LATE_SECONDS, codecs);
  expect((await bench.convert(late, 'wav', { timeline: 'sound' })).warnings).toEqual([]);
  const hardly = await video('hardly.mkv', 0.04, codecs);
  expect((await bench.convert(hardly, 'wav')).warnings).toEqual([]);
  const { file } = await bench.convert(hardly, 'wav', { timeline: 'keep' });
  expect((await measure(file)).seconds).toBeCloseTo(2.04, 3);
});

test('chapters go with the sound: they begin earlier where it does', async () => {
  const chapters =
    '[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=1\ntitle=A\n[CHAPTER]\nTIMEBASE=1/1\nSTART=1\nEND=2\ntitle=B\n';
  await writeFile(bench.path('late.txt'), `;FFMETADATA1\n${chapters}`);
  const plain = await video('plain.mkv', LATE_SECONDS, ['-c:v', 'mpeg4', '-c:a', 'pcm_s16le']);
  const source = await bench.make('chapters.mkv', [
    ...['-i', plain, '-i', bench.path('late.txt'), '-map', '0', '-map_metadata', '1', '-c', 'copy'],
  ]);
  const startsOf = async (options: ConversionOptions) => {
    const { file } = await bench.convert(source, 'mp3', options);
    const args = ['-v', 'error', '-show_entries', 'chapter=start_time', '-of', 'csv=p=0', file];
    return (await execa('ffprobe', args)).stdout.split('\n').map(Number);
  };
  expect(await startsOf({})).toEqual([0, 0.5]);
  expect(await startsOf({ timeline: 'keep' })).toEqual([0, 1]);
  expect(await startsOf({ trimStart: 0.25 })).toEqual([0, 0.25]);
});

test('a sound that begins long after 0 is as long as it is', async () => {
  const sine = ['-f', 'lavfi', '-i', 'sine=440:r=48000:d=4', '-c:a', 'flac'];
  const source = await bench.make('from-5-s.mka', [...sine, '-output_ts_offset', '5']);
  const { plan, facts, warnings } = await bench.verified(source, 'wav', { trimStart: 1, trimEnd: 8 });
  expect([plan.expectedSeconds, facts.durationSeconds, warnings]).toEqual([3, 3, ['TRIM_BEYOND_END']]);
});
