/** MP3 declares what its encoder was given, to the sample, however it is made. */
import { createReadStream } from 'node:fs';
import { copyFile, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Quality } from '@wavefleet/contracts/request.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeBench, roomyLimits } from '../../conversion.testing.ts';
import { SourceFeed } from '../../process/source-feed.ts';
import { probeOutput } from '../../results/probe-output.ts';
import { listenAll } from '../../samples.testing.ts';
import { convertStreamed } from '../../streaming/convert-streamed.ts';
import { tone } from '../../written-sound.testing.ts';
import { framesIn } from '../packet-source.ts';
import { music, resultsOf } from '../seams.testing.ts';
import { finishLength } from './finish-length.ts';
import { readXing, withPadding } from './xing.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

/** A WAV of so many samples. */
const sourceOf = (sampleRate: number, samples: number): Promise<string> =>
  bench.writeSound(`${sampleRate}-${samples}.wav`, {
    ...{ sampleRate, seconds: samples / sampleRate },
    voices: [tone(0.3, 440), tone(0.2, 330)],
  });

/** How many samples are heard of each file. */
const heardOf = async (files: readonly string[]): Promise<(number | undefined)[]> =>
  (await listenAll(files)).map(({ channels: [first] }) => first?.length);

/** Lengths around the edges of frames: LAME ends with up to 46 samples of padding in the packet before the last one. */
const kinds: [kind: string, rate: number, quality: Quality, lengths: number[]][] = [
  ['MPEG-1', 44_100, '192k', [500, 1_153, 1_198, 1_199, 39_200]],
  ['MPEG-1, variable', 48_000, 'v2', [1_180, 2_305]],
  ['MPEG-2', 22_050, '64k', [577, 623, 4_630]],
  ['MPEG-2.5', 8_000, '16k', [600, 1_153]],
];

test.each(kinds)('%s is heard to its last sample, and says so', async (_, rate, quality, lengths) => {
  const files: string[] = [];
  const declared: number[] = [];
  for (const samples of lengths) {
    const { file, facts } = await bench.verified(await sourceOf(rate, samples), 'mp3', {}, quality);
    files.push(file);
    declared.push(Math.round(facts.durationSeconds * facts.sampleRate));
  }
  expect(declared).toEqual(lengths);
  expect(await heardOf(files)).toEqual(lengths);
});

test('so it is behind tags and a cover, from a pipe and in segments', async () => {
  const plain = await sourceOf(44_100, 39_200);
  const picture = await bench.make('c.png', ['-f', 'lavfi', '-i', 'color=s=64x64', '-frames:v', '1']);
  const dressed = await bench.make('dressed.flac', [
    ...['-i', plain, '-i', picture, '-map', '0', '-map', '1', '-metadata', 'title=T'],
    ...['-c:v', 'copy', '-disposition:v', 'attached_pic'],
  ]);
  const covered = await bench.verified(dressed, 'mp3');
  expect(covered.facts).toMatchObject({ hasCover: true, tags: { title: 'T' } });

  const probed = await bench.probeFile(plain);
  const inFolder = await bench.folderWith(plain);
  await inFolder.sandbox.prepareFolder(inFolder.cwd);
  const feed = new SourceFeed(createReadStream(plain));
  const limits = roomyLimits(1);
  const asked = { output: 'out', input: probed.facts, limits, feed };
  const piped = await convertStreamed(inFolder, probed, { format: 'mp3', options: {} }, asked);

  const long = await bench.writeSound('long.wav', music(44_100, (600 * 1_152 + 10) / 44_100));
  const { single, join: inSegments } = await resultsOf(bench, { source: long, format: 'mp3', segments: 3 });
  const { file: joined = '', run } = await inSegments();
  expect((run?.outTimeSeconds ?? 0) * 44_100).toBeCloseTo(600 * 1_152 + 10, 3);
  const files = [covered.file, join(inFolder.cwd, piped.fileName), single, joined];
  expect(await heardOf(files)).toEqual([39_200, 39_200, 600 * 1_152 + 10, 600 * 1_152 + 10]);
});

test('of the header only the padding and its checksum are changed, and what was right stays', async () => {
  const { inFolder, file, plan, encoded } = await bench.convert(await sourceOf(44_100, 1_153), 'mp3');
  const right = await readFile(file);
  const handle = await open(file);
  const frame = await framesIn(handle, 'mp3', right.indexOf('Info') - 36).next();
  await handle.close();
  const header = frame && readXing(frame);
  if (header === undefined) throw new Error('no header');
  expect((await withPadding(header, header.padding)).equals(header.frame)).toBe(true);

  // As FFmpeg leaves it.
  const other = Buffer.from(right);
  (await withPadding(header, 1_681)).copy(other, right.indexOf(header.frame));
  const changed = await open(file, 'r+');
  await changed.write(other);
  await changed.close();
  const written = { file: encoded.fileName, levels: 'out.levels' };
  await finishLength(inFolder, plan, written);
  expect((await readFile(file)).equals(right)).toBe(true);
  // Nothing was counted.
  await copyFile(file, join(inFolder.cwd, 'uncounted.mp3'));
  await finishLength(inFolder, plan, { file: 'uncounted.mp3', levels: 'none' });
  expect((await readFile(join(inFolder.cwd, 'uncounted.mp3'))).equals(right)).toBe(true);
  const facts = await probeOutput(inFolder, { format: 'mp3', fileName: encoded.fileName, hasTags: false });
  expect(Math.round(facts.durationSeconds * 44_100)).toBe(1_153);
});
