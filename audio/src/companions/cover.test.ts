/** Covers and tags through real conversions, byte for byte. */
import { createHash, randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { formatNames, outputFormats } from '@wavefleet/contracts/formats.ts';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeBench } from '../conversion.testing.ts';
import { tellingFormats } from '../telling-formats.testing.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
let jpeg: string;
let png: string;
let mp3: string;
let flac: string;
beforeAll(async () => {
  bench = await makeBench();
  jpeg = await bench.make('c.jpg', ['-f', 'lavfi', '-i', 'testsrc=s=96x64', '-frames:v', '1']);
  png = await bench.make('c.png', ['-f', 'lavfi', '-i', 'testsrc=s=64x96', '-frames:v', '1']);
  mp3 = await sourceWithCover('jpeg.mp3', jpeg);
  flac = await sourceWithCover('jpeg.flac', jpeg);
});
afterAll(() => bench.remove());

const tags = {
  title: 'Tïtle = 1; #2 \\ "x"',
  artist: 'Ärtist',
  album: 'Album',
  date: '2021',
  track: '3/9',
  genre: 'Jazz',
  comment: 'first line\nsecond line -i /etc/passwd',
};
const tagArgs = Object.entries(tags).flatMap(([key, value]) => ['-metadata', `${key}=${value}`]);
const sine = ['-f', 'lavfi', '-i', 'sine=r=44100:d=0.5'];

const attach = ['-map', '0:a', '-map', '1:v', '-c:v', 'copy', '-disposition:v', 'attached_pic'];

const sourceWithCover = (name: string, picture: string) =>
  bench.make(name, [...sine, '-i', picture, ...attach, ...tagArgs]);

/** What the pictures of these files are, taken out by one FFmpeg. */
async function pictureHashes(files: readonly string[]): Promise<string[]> {
  const names = files.map((_, index) => bench.path(`picture-${randomUUID()}-${index}`));
  await execa('ffmpeg', [
    ...['-v', 'quiet', ...files.flatMap((file) => ['-i', file])],
    ...names.flatMap((name, index) => [
      ...['-map', `${index}:v`, '-c', 'copy', '-f', 'image2pipe', `file:${name}`],
    ]),
  ]);
  return await Promise.all(names.map(hashOf));
}
const hashOf = async (file: string) =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

describe('cover and tags survive', () => {
  test.concurrent.each<[string, () => Promise<string>, () => string]>([
    ['mp3', async () => mp3, () => jpeg],
    ['flac', async () => flac, () => jpeg],
    ['m4a', () => sourceWithCover('png.m4a', png), () => png],
    // FFmpeg cannot put a picture into Ogg itself, so our own conversion makes this source.
    ['ogg', async () => (await bench.convert(flac, 'ogg')).file, () => jpeg],
  ])('from %s', async (from, make, picture) => {
    const source = await make();
    const wanted = await hashOf(picture());
    // What was read is the same for every writer: of the other sources two formats tell.
    const all = from === 'mp3' ? formatNames : tellingFormats(0);
    const formats = all.filter((name) => outputFormats[name].cover);
    const results = [];
    for (const format of formats) results.push(await bench.verified(source, format));
    expect(new Set(await pictureHashes(results.map(({ file }) => file)))).toEqual(new Set([wanted]));
    for (const [index, { facts, warnings }] of results.entries()) {
      expect([facts.hasCover, warnings], formats[index]).toEqual([true, []]);
      expect(facts.tags, formats[index]).toMatchObject(tags);
    }
  });

  const coverless = formatNames.filter((name) => !outputFormats[name].cover);
  test.each(coverless)('%s cannot hold a cover and says so', async (format) => {
    const { warnings, facts } = await bench.verified(mp3, format);
    expect(warnings).toContain('COVER_DROPPED');
    expect(facts.hasCover).toBe(false);
    if (outputFormats[format].tags === 'all') expect(facts.tags).toMatchObject(tags);
  });

  test('tags and cover are left out when asked', async () => {
    for (const format of ['ogg', 'mp3'] as const) {
      const { facts, warnings } = await bench.verified(flac, format, { tags: false, cover: false });
      expect(facts.tags).toEqual({});
      expect(facts.hasCover).toBe(false);
      expect(warnings).toEqual([]);
    }
  });

  test('cover without tags', async () => {
    const { facts } = await bench.verified(flac, 'opus', { tags: false });
    expect(facts).toMatchObject({ hasCover: true, tags: {} });
  });
});

/** By the stream: of a front cover ffprobe says so in its comment. */
async function kindOf(file: string): Promise<string> {
  const entries = ['-select_streams', 'v', '-show_entries', 'stream_tags=comment', '-of', 'csv=p=0'];
  return (await execa('ffprobe', ['-v', 'error', ...entries, file])).stdout;
}

test('of several pictures the front cover is carried, and is one in the result', async () => {
  const pictures = ['-i', jpeg, '-i', png, '-map', '0', '-map', '1', '-map', '2', '-c:v', 'copy'];
  const kinds = ['back', 'front'].flatMap((kind, index) => [
    `-metadata:s:v:${index}`,
    `comment=Cover (${kind})`,
  ]);
  const source = await bench.make('two.flac', [
    ...sine,
    ...pictures,
    '-disposition:v',
    'attached_pic',
    ...kinds,
  ]);
  for (const format of ['mp3', 'flac', 'aiff', 'ogg', 'm4a'] as const) {
    const { file } = await bench.convert(source, format);
    expect(await pictureHashes([file]), format).toEqual([await hashOf(png)]);
    // MP4 has no kinds.
    if (format !== 'm4a') expect(await kindOf(file), format).toBe('Cover (front)');
  }
});

test('a cover of 12000 by 12000 pixels is carried over undecoded', async () => {
  const cheap = ['-pix_fmt', 'gray', '-compression_level', '1', '-pred', 'none'];
  const red = ['-f', 'lavfi', '-i', 'color=red:s=12000x12000', '-frames:v', '1'];
  const big = await bench.make('big.png', [...red, ...cheap]);
  const source = await bench.make('big.flac', [...sine, '-i', big, ...attach]);
  const started = performance.now();
  const { facts, file } = await bench.verified(source, 'm4a');
  expect(performance.now() - started).toBeLessThan(15_000);
  expect(facts.hasCover).toBe(true);
  expect(await pictureHashes([file])).toEqual([await hashOf(big)]);
});

test('a broken cover is dropped with a warning and the sound is kept', async () => {
  const source = await sourceWithCover('png.flac', png);
  const bytes = await readFile(source);
  bytes.fill(0x20, bytes.indexOf('IHDR'), bytes.indexOf('IHDR') + 12);
  await writeFile(bench.path('broken.flac'), bytes);
  const { warnings, facts } = await bench.verified(bench.path('broken.flac'), 'mp3');
  expect(warnings).toEqual(['COVER_DROPPED']);
  expect(facts.hasCover).toBe(false);
});
