/** AAC made in segments, with real FFmpeg. */
import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeBench } from '../conversion.testing.ts';
import { music, resultsOf, studySeams } from './seams.testing.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

test('nobody hears the seams', async () => {
  const source = await bench.writeSound('music.wav', music(44_100, 66.0123));
  const study = await studySeams(bench, { source, format: 'm4a', quality: '160k', segments: 3 });
  const { joined, results: _results, ...figures } = study;
  if (joined.file === undefined) throw new Error('not joined', { cause: joined.problem });
  expect(joined.seams).toHaveLength(2);
  expect(figures, JSON.stringify(figures)).toMatchObject({
    lengthDifference: 0,
    isProven: true,
    isColdProven: false,
  });
  const { stderr } = await execa('ffmpeg', ['-v', 'error', '-i', joined.file, '-f', 'null', '-']);
  expect(stderr).toBe('');
});

test.each([
  // The last packet holds one sample, all of its samples, and some.
  ['m4a', 44_100, 30 * 44_100 + 1],
  ['m4b', 48_000, 1_500 * 1_024],
  ['m4a', 22_050, 30 * 22_050 + 777],
] as const)(
  'what an MP4 declares is what one process declares, box by box: %s, %i Hz, %i samples',
  async (format, rate, samples) => {
    const source = await bench.writeSound(`${samples}.wav`, music(rate, samples / rate));
    const results = await resultsOf(bench, { source, format, quality: '64k', segments: 2 });
    const { file, problem } = await results.join();
    if (file === undefined) throw new Error('not joined', { cause: problem });
    const [one, other] = await Promise.all([boxesOf(results.single), boxesOf(file)]);
    expect(other).toEqual(one);
    const packets = (await Promise.all([results.single, file].map(timesOf))) as [string, string];
    expect(packets[1]).toBe(packets[0]);
  },
);

/** The boxes that say how long what is: of the tables of packets, those that bitrates do not change. */
async function boxesOf(file: string): Promise<Record<string, string>> {
  const bytes = await readFile(file);
  const found: Record<string, string> = {};
  for (const kind of ['ftyp', 'mvhd', 'tkhd', 'elst', 'mdhd', 'hdlr', 'stts', 'sgpd', 'sbgp']) {
    const at = bytes.indexOf(kind, 0, 'latin1');
    found[kind] = at < 0 ? 'none' : bytes.subarray(at, at - 4 + bytes.readUInt32BE(at - 4)).toString('hex');
  }
  return found;
}

/** When each packet begins and how long it lasts. */
async function timesOf(file: string): Promise<string> {
  const entries = 'packet=pts,dts,duration,flags,side_data_list';
  const args = ['-v', 'error', '-show_packets', '-show_entries', entries, '-of', 'csv', file];
  return (await execa('ffprobe', args)).stdout;
}
