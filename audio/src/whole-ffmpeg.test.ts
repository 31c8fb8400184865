/** Sources for which FFmpeg needs more than a demuxer and a decoder: our own build reads them as a complete one does. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeBench } from './conversion.testing.ts';
import { compressedMkv, typeOneAvi, withCompressedMoov } from './rare-files.testing.ts';
import { listen, rmsOf, toneAmplitude } from './samples.testing.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

const SECONDS = 2;
const tone = (rate: number) => ['-f', 'lavfi', '-i', `sine=r=${rate}:d=${SECONDS}`];
/** As loud as it was, on both sides. */
const stereo = ['-af', 'pan=stereo|c0=c0|c1=c0'];
const made = async (name: string, args: readonly string[]) => await readFile(await bench.make(name, args));

/** AC-3 as receivers are sent it (IEC 61937), in a WAV that calls it samples. */
async function ac3InWav(): Promise<Buffer> {
  const bursts = await bench.make('bursts.spdif', [
    ...[...tone(48_000), ...stereo, '-c:a', 'ac3', '-f', 'spdif'],
  ]);
  return await made('bursts.wav', ['-f', 's16le', '-ar', '48000', '-ac', '2', '-i', bursts, '-c', 'copy']);
}

/** IMA ADPCM whose header leaves the bits of a sample open. */
async function imaWithoutBits(): Promise<Buffer> {
  const file = await made('ima.wav', [...tone(44_100), '-c:a', 'adpcm_ima_wav']);
  file.writeUInt16LE(0, 34);
  return file;
}

const dvAvi = async () =>
  typeOneAvi(
    await made('film.dv', [
      ...['-f', 'lavfi', '-i', `testsrc=s=720x576:r=25:d=${SECONDS}`, ...tone(48_000)],
      ...[...stereo, '-target', 'pal-dv', '-f', 'dv'],
    ]),
  );

test.each<[name: string, rate: number, make: () => Promise<Buffer> | Buffer]>([
  ['wideband Speex', 16_000, () => made('wide.ogg', [...tone(16_000), '-c:a', 'libspeex'])],
  ['ultra-wideband Speex', 32_000, () => made('ultra.ogg', [...tone(32_000), ...stereo, '-c:a', 'libspeex'])],
  ['Matroska with compressed subtitles', 48_000, () => compressedMkv('subtitles', SECONDS)],
  ['Matroska with compressed sound', 48_000, () => compressedMkv('sound', SECONDS)],
  [
    'QuickTime with a compressed header',
    44_100,
    async () => withCompressedMoov(await made('a.mov', tone(44_100))),
  ],
  ['AC-3 for a receiver, in WAV', 48_000, ac3InWav],
  ['the AVI of a camcorder', 48_000, dvAvi],
  ['IMA ADPCM that does not say its bits', 44_100, imaWithoutBits],
])('%s is converted whole, and nothing is said of damage', async (name, sampleRate, make) => {
  const source = await bench.write(name, await make());
  const { file, encoded } = await bench.convert(source, 'wav', { strict: true });
  const sound = await listen(file);
  const [left = new Float64Array()] = sound.channels;
  expect({ sampleRate: sound.sampleRate, damaged: encoded.damaged }).toEqual({ sampleRate, damaged: false });
  expect(Math.abs(left.length / sampleRate - SECONDS)).toBeLessThan(0.1);
  // FFmpeg's `sine` is 440 Hz at an eighth of full scale, and that is what is heard all along.
  expect(Math.abs(toneAmplitude(left, sampleRate, 440) - 1 / 8)).toBeLessThan(0.03);
  expect(Math.abs(rmsOf(left) * Math.SQRT2 - 1 / 8)).toBeLessThan(0.03);
});
