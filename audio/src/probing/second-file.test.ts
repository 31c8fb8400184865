/** Files that were put behind each other: what comes after the first one is never left out in silence. */
import { open, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { makeBench } from '../conversion.testing.ts';
import { joined, sound, u32, wav } from './headers/pcm-files.testing.ts';
import { hasSecondFile } from './second-file.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

test.each<[string, readonly string[]]>([
  ['wav', []],
  ['aiff', []],
  ['mka', ['-c:a', 'flac']],
  ['webm', ['-c:a', 'libopus']],
  ['m4a', ['-c:a', 'aac']],
  ['mp4', ['-c:a', 'aac', '-movflags', '+frag_keyframe+empty_moov', '-frag_duration', '200000']],
  ['wma', ['-c:a', 'wmav2']],
])('%s', async (ending, codec) => {
  const one = await readFile(await bench.make(`one.${ending}`, ['-f', 'lavfi', '-i', 'sine=d=1', ...codec]));
  const noted = async (bytes: Buffer): Promise<string[]> =>
    ((await bench.probeFile(bytes)).notes ?? []).map(({ code }) => code);
  expect(await noted(one)).toEqual([]);
  expect(await noted(Buffer.concat([one, one]))).toEqual(['SECOND_FILE']);
});

test('a second chunk of sound in one WAV file is told as well', async () => {
  const one = await readFile(await bench.make('chunk.wav', ['-f', 'lavfi', '-i', 'sine=d=1']));
  const { notes = [] } = await bench.probeFile(Buffer.concat([one, one.subarray(one.indexOf('data'))]));
  expect(notes.map(({ code }) => code)).toEqual(['SECOND_FILE']);
});

/** Looked at without FFmpeg; and how much is read for it. */
async function lookThrough(bytes: Buffer) {
  const file = await open(await bench.write('parts', bytes));
  const reading = vi.spyOn(file, 'read');
  try {
    const isSecond = await hasSecondFile(file, bytes.subarray(0, 512), bytes.length);
    const read = await Promise.all(reading.mock.results.map(async ({ value }) => (await value).bytesRead));
    return { isSecond, reads: read.length, readBytes: read.reduce((sum, each) => sum + each, 0) };
  } finally {
    await file.close();
  }
}
const isSecondIn = async (...parts: readonly (Buffer | string)[]) =>
  (await lookThrough(joined(...parts))).isSecond;

test('another WAV is told also where an odd chunk has nothing behind it that fills it up', async () => {
  const odd = wav(101, sound(101));
  expect(await isSecondIn(odd)).toBe(false);
  expect(await isSecondIn(odd, odd)).toBe(true);
  expect(await isSecondIn(odd, '\0', odd)).toBe(true);
});

/** A box of MP4, its size in front of its name. */
const box = (name: string, content: Buffer): Buffer =>
  joined(u32(8 + content.length).reverse(), name, content);
const start = box('ftyp', sound(8));
const movie = box('moov', sound(8));
const fragment = (number: number): Buffer =>
  joined(box('moof', box('mfhd', joined(u32(0), u32(number).reverse()))), box('mdat', sound(8)));

test.each<[string, boolean, readonly Buffer[]]>([
  ['one recording', false, [start, movie, fragment(1), fragment(2)]],
  [
    'its head repeated',
    false,
    [start, movie, fragment(0), start, movie, fragment(1), start, movie, fragment(2)],
  ],
  ['its head twice at the start', false, [start, movie, start, movie, fragment(1), fragment(2)]],
  ['two recordings', true, [start, movie, fragment(1), fragment(2), start, movie, fragment(1)]],
  ['a whole file, then a recording', true, [start, movie, box('mdat', sound(8)), start, movie, fragment(1)]],
  ['a recording, then a whole file', true, [start, movie, fragment(1), start, movie, box('mdat', sound(8))]],
  [
    'two long ones',
    true,
    [start, movie, ...Array.from({ length: 20_000 }, (_, at) => fragment(at)), start, movie],
  ],
])('fragments of MP4: %s', async (_name, isSecond, parts) => {
  expect(await isSecondIn(...parts)).toBe(isSecond);
});

test('tiny boxes are read hundreds at once, and of large ones hardly more than their heads', async () => {
  const tiny = await lookThrough(
    joined(start, ...Array.from({ length: 10_000 }, () => box('free', sound(0)))),
  );
  expect(tiny.reads).toBeLessThan(30);
  const large = await lookThrough(
    joined(start, ...Array.from({ length: 50 }, () => box('mdat', sound(30_000)))),
  );
  expect(large.readBytes).toBeLessThan(52 * 4_096);
});
