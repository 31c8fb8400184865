/** What our readers say of results, against ffprobe. */
import { readFile, writeFile } from 'node:fs/promises';
import type { FormatName } from '@wavefleet/contracts/formats.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeBench } from '../conversion.testing.ts';
import { probeOutput } from './probe-output.ts';
import { readResult } from './read-result.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
const sources = new Map<string, string>();
/** Name, and FFmpeg's arguments; odd lengths, so that no frame is full by chance. */
const shapes = [
  ['stereo', ['-t', '1.2345', '-ar', '44100', '-ac', '2']],
  ['mono', ['-t', '0.7', '-ar', '16000', '-ac', '1']],
  ['tick', ['-t', '0.002', '-ar', '48000', '-ac', '2']],
] as const;
const formats = [
  'mp3',
  'aac',
  'm4a',
  'm4b',
  'alac',
  'ogg',
  'opus',
  'flac',
  'wav',
  'wav-ulaw',
  'wav-alaw',
] as const;

beforeAll(async () => {
  bench = await makeBench();
  for (const [name, args] of shapes) {
    const sound = ['-f', 'lavfi', '-i', 'anoisesrc=color=pink:seed=3:sample_rate=48000'];
    sources.set(name, await bench.make(`${name}.wav`, [...sound, ...args]));
  }
  sources.set(
    'tagged',
    await bench.make('tagged.flac', ['-i', sources.get('stereo') ?? '', '-metadata', 'title=T']),
  );
});
afterAll(() => bench.remove());

async function converted(name: string, format: FormatName) {
  const { inFolder, encoded, file } = await bench.convert(sources.get(name) ?? '', format);
  return { inFolder, file, fileName: encoded.fileName };
}

describe.each(formats)('%s', (format) => {
  it.each([...shapes.map(([name]) => name), 'tagged'])('says of %s what ffprobe says', async (name) => {
    const { inFolder, file, fileName } = await converted(name, format);
    const { tags, hasCover, ...facts } = await probeOutput(inFolder, { format, fileName, hasTags: true });
    const read = await readResult(file, format);
    const { durationSeconds = Number.NaN } = read ?? {};
    expect(read).toEqual({ ...facts, durationSeconds });
    expect(Math.abs(durationSeconds - facts.durationSeconds)).toBeLessThan(1e-5);
  });

  it('says nothing of a result that is cut off', async () => {
    const { file } = await converted('stereo', format);
    const bytes = await readFile(file);
    const ends = Array.from({ length: 40 }, (_, part) => Math.floor((bytes.length * part) / 40));
    const said: number[] = [];
    for (const end of [...ends, bytes.length - 1]) {
      await writeFile(file, bytes.subarray(0, end));
      if ((await readResult(file, format)) !== undefined) said.push(end);
    }
    expect(said).toEqual([]);
  });
});

it('takes no result apart that is large, of another format, or not there', async () => {
  const { file } = await converted('stereo', 'mp3');
  await expect(readResult(file, 'flac')).resolves.toBeUndefined();
  await expect(readResult(`${file}.none`, 'mp3')).resolves.toBeUndefined();
  await writeFile(file, Buffer.alloc(2 ** 20 + 1));
  await expect(readResult(file, 'mp3')).resolves.toBeUndefined();
});

it('has the length of a WebM to the sample, as of an Opus file', async () => {
  const lengthOf = async (source: string, format: FormatName): Promise<number> =>
    (await bench.verified(source, format)).facts.durationSeconds;
  const long = await bench.make('long.wav', ['-f', 'lavfi', '-i', 'sine=r=48000:d=70.0123']);
  for (const source of [...sources.values(), long]) {
    expect(await lengthOf(source, 'webm')).toBeCloseTo(await lengthOf(source, 'opus'), 6);
  }
  // What is left in the last packet is less than the millisecond that its clock counts.
  for (let over = 1; over <= 40; over += 13) {
    const edge = await bench.make('edge.wav', [
      '-f',
      'lavfi',
      '-i',
      'sine=r=48000:d=2',
      '-af',
      `atrim=end_sample=${48_648 + over}`,
    ]);
    expect(await lengthOf(edge, 'webm')).toBeCloseTo((48_648 + over) / 48_000, 6);
  }
});

it('finds a tone of 5.1 in m4a, opus, ogg and flac', async () => {
  const six = await bench.make('six.wav', ['-f', 'lavfi', '-i', 'sine=d=1:r=48000', '-ac', '6']);
  sources.set('six', six);
  for (const format of ['m4a', 'opus', 'ogg', 'flac', 'wav'] as const) {
    const { file } = await converted('six', format);
    expect(await readResult(file, format), format).toMatchObject({ channels: 6, sampleRate: 48_000 });
  }
});

it('starts no process for a small result that should have no tags', async () => {
  const { inFolder, fileName } = await converted('stereo', 'mp3');
  const without = { ...inFolder, ffprobe: '/nowhere/ffprobe' };
  const facts = await probeOutput(without, { format: 'mp3', fileName, hasTags: false });
  expect(facts).toMatchObject({ codec: 'mp3', sampleRate: 44_100, channels: 2, tags: {} });
  const tagged = probeOutput(without, { format: 'mp3', fileName, hasTags: true });
  await expect(tagged).rejects.toMatchObject({ code: 'OUTPUT_INVALID' });
});

it.each(formats)('comes to an end with whatever stands in the head of %s', async (format) => {
  const { file } = await converted('mono', format);
  const bytes = await readFile(file);
  for (let round = 0; round < 60; round += 1) {
    const broken = Buffer.from(bytes);
    // Without chance, so that what fails once fails again.
    for (let byte = 0; byte < 8; byte += 1) {
      broken[(round * 37 + byte * byte * 101) % Math.min(broken.length, 700)] =
        (round * 89 + byte * 53) & 0xff;
    }
    await writeFile(file, broken);
    await expect(readResult(file, format)).resolves.not.toThrow();
  }
});
