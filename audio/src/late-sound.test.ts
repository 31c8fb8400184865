/** Videos whose sound begins late: the result begins with the sound, or fits the picture. */
import { writeFile } from 'node:fs/promises';
import type { ConversionOptions } from '@wavefleet/contracts/request.ts';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeBench, measure } from './conversion.testing.ts';

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

/** Seconds of silence before the sound. */
async function silenceBefore(file: string): Promise<number> {
  const { stdout } = await execa(
    'ffmpeg',
    ['-nostdin', '-v', 'error', '-i', file, '-ac', '1', '-f', 'f32le', 'pipe:1'],
    { encoding: 'buffer' },
  );
  const samples = new Float32Array(stdout.buffer, stdout.byteOffset, stdout.byteLength / 4);
  return samples.findIndex((sample) => Math.abs(sample) > 0.05) / 48_000;
}

describe.each([
  ['late.mkv', ['-c:v', 'mpeg4', '-c:a', 'pcm_s16le']],
  ['late.mp4', ['-c:v', 'mpeg4', '-c:a', 'aac']],
  ['late.ts', ['-c:v', 'mpeg2video', '-c:a', 'mp2']],
])('%s', (name, codecs) => {
  let source: string;
  beforeAll(async () => {
    source = await video(name, LATE_SECONDS, codecs);
  });
  test.each(['wav', 'mp3', 'm4a', 'ogg', 'opus', 'flac'] as const)('to %s', async (format) => {
    const plain = await bench.convert(source, format);
    expect(plain.warnings).toEqual(['SOUND_STARTS_LATE']);
    expect(await silenceBefore(plain.file)).toBeLessThan(0.04);
    expect((await measure(plain.file, 1, 48_000)).seconds).toBeCloseTo(2, 0);
    const kept = await bench.convert(source, format, { timeline: 'keep' });
    expect(kept.warnings).toEqual([]);
    // A frame of the encoder's beginning belongs to the sound.
    expect(Math.abs((await silenceBefore(kept.file)) - LATE_SECONDS)).toBeLessThan(0.03);
    const longer = kept.facts.durationSeconds - plain.facts.durationSeconds;
    expect(Math.abs(longer - LATE_SECONDS)).toBeLessThan(0.03);
    const trimmed = await bench.convert(source, format, { timeline: 'keep', trimStart: 0.25, trimEnd: 1 });
    expect(trimmed.facts.durationSeconds).toBeCloseTo(0.75, 1);
    expect(Math.abs((await silenceBefore(trimmed.file)) - 0.25)).toBeLessThan(0.03);
  });
});

test('asked for, the start of the sound is nothing to warn of; 40 ms are not noticed', async () => {
  const codecs = ['-c:v', 'mpeg4', '-c:a', 'pcm_s16le'];
  const late = await video('late.mkv', LATE_SECONDS, codecs);
  expect((await bench.convert(late, 'wav', { timeline: 'sound' })).warnings).toEqual([]);
  const hardly = await video('hardly.mkv', 0.04, codecs);
  expect((await bench.convert(hardly, 'wav')).warnings).toEqual([]);
  expect((await bench.convert(hardly, 'wav', { timeline: 'keep' })).facts.durationSeconds).toBeCloseTo(
    2.04,
    3,
  );
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
