/** Files that were put behind each other: what comes after the first one is never left out in silence. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeBench } from '../conversion.testing.ts';

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
