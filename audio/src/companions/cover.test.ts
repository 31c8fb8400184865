/** Covers and tags through real conversions, byte for byte. */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { formatNames, outputFormats } from '@wavefleet/contracts/formats.ts';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeBench } from '../conversion.testing.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
let jpeg: string;
let png: string;
beforeAll(async () => {
  bench = await makeBench();
  jpeg = await bench.make('c.jpg', ['-f', 'lavfi', '-i', 'testsrc=s=96x64', '-frames:v', '1']);
  png = await bench.make('c.png', ['-f', 'lavfi', '-i', 'testsrc=s=64x96', '-frames:v', '1']);
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

async function sourceWithCover(kind: string, picture: string): Promise<string> {
  const attach = ['-map', '0:a', '-map', '1:v', '-c:v', 'copy', '-disposition:v', 'attached_pic'];
  if (kind !== 'ogg') return bench.make(`cover.${kind}`, [...sine, '-i', picture, ...attach, ...tagArgs]);
  // FFmpeg cannot put a picture into Ogg itself, so our own conversion makes this source.
  const flac = await bench.make('for-ogg.flac', [...sine, '-i', picture, ...attach, ...tagArgs]);
  return (await bench.convert(flac, 'ogg')).file;
}

async function pictureHash(file: string): Promise<string> {
  const { stdout } = await execa(
    'ffmpeg',
    ['-v', 'quiet', '-i', file, '-map', '0:v', '-c', 'copy', '-f', 'image2pipe', 'pipe:1'],
    { encoding: 'buffer' },
  );
  return createHash('sha256').update(stdout).digest('hex');
}
const hashOf = async (file: string) =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

describe('cover and tags survive', () => {
  test.concurrent.each(['mp3', 'flac', 'm4a', 'ogg'])('from %s', async (kind) => {
    const picture = kind === 'm4a' ? png : jpeg;
    const source = await sourceWithCover(kind, picture);
    const wanted = await hashOf(picture);
    const faults: string[] = [];
    for (const format of formatNames.filter((name) => outputFormats[name].cover)) {
      const { file, facts, warnings } = await bench.convert(source, format);
      if (!facts.hasCover || (await pictureHash(file)) !== wanted) faults.push(`${format}: cover`);
      if (warnings.length > 0) faults.push(`${format}: ${warnings.join()}`);
      for (const [key, value] of Object.entries(tags)) {
        if (facts.tags[key] !== value) faults.push(`${format}: ${key} is ${JSON.stringify(facts.tags[key])}`);
      }
    }
    expect(faults.join('\n')).toBe('');
  });

  const coverless = formatNames.filter((name) => !outputFormats[name].cover);
  test.each(coverless)('%s cannot hold a cover and says so', async (format) => {
    const source = await sourceWithCover('mp3', jpeg);
    const { warnings, facts } = await bench.convert(source, format);
    expect(warnings).toContain('COVER_DROPPED');
    expect(facts.hasCover).toBe(false);
    if (outputFormats[format].tags === 'all') expect(facts.tags).toMatchObject(tags);
  });

  test('tags and cover are left out when asked', async () => {
    const source = await sourceWithCover('flac', jpeg);
    for (const format of ['ogg', 'mp3'] as const) {
      const { facts, warnings } = await bench.convert(source, format, { tags: false, cover: false });
      expect(facts.tags).toEqual({});
      expect(facts.hasCover).toBe(false);
      expect(warnings).toEqual([]);
    }
  });

  test('cover without tags', async () => {
    const source = await sourceWithCover('flac', jpeg);
    const { facts } = await bench.convert(source, 'opus', { tags: false });
    expect(facts).toMatchObject({ hasCover: true, tags: {} });
  });
});

test('a cover of 12000 by 12000 pixels is carried over undecoded', async () => {
  const cheap = ['-pix_fmt', 'gray', '-compression_level', '1', '-pred', 'none'];
  const red = ['-f', 'lavfi', '-i', 'color=red:s=12000x12000', '-frames:v', '1'];
  const big = await bench.make('big.png', [...red, ...cheap]);
  const attach = ['-map', '0:a', '-map', '1:v', '-c:v', 'copy', '-disposition:v', 'attached_pic'];
  const source = await bench.make('big.flac', [...sine, '-i', big, ...attach]);
  const started = performance.now();
  const { facts, file } = await bench.convert(source, 'm4a');
  expect(performance.now() - started).toBeLessThan(15_000);
  expect(facts.hasCover).toBe(true);
  expect(await pictureHash(file)).toBe(await hashOf(big));
});

test('a broken cover is dropped with a warning and the sound is kept', async () => {
  const source = await sourceWithCover('flac', png);
  const bytes = await readFile(source);
  bytes.fill(0x20, bytes.indexOf('IHDR'), bytes.indexOf('IHDR') + 12);
  await writeFile(bench.path('broken.flac'), bytes);
  const { warnings, facts } = await bench.convert(bench.path('broken.flac'), 'mp3');
  expect(warnings).toEqual(['COVER_DROPPED']);
  expect(facts.hasCover).toBe(false);
});
