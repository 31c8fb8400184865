/** MP4's edit list, by which players know where the sound ends, says so to the sample. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeBench } from '../conversion.testing.ts';
import { music, resultsOf } from '../split/seams.testing.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
let source: string;
/** No whole number of milliseconds. */
const SAMPLES = 44_100 * 3 + 42;
beforeAll(async () => {
  bench = await makeBench();
  source = await bench.writeSound('music.wav', music(44_100, SAMPLES / 44_100));
});
afterAll(() => bench.remove());

/** Of the first track: how long its only edit lasts, in samples. */
async function editOf(file: string): Promise<number> {
  const bytes = await readFile(file);
  const after = (kind: string): number => bytes.indexOf(kind, bytes.indexOf('moov')) + kind.length;
  const perSecond = bytes.readUInt32BE(after('mvhd') + 12);
  return (bytes.readUInt32BE(after('elst') + 8) * 44_100) / perSecond;
}

test.each(['m4a', 'm4b', 'alac'] as const)('%s, by one process and in segments', async (format) => {
  const { single, join } = await resultsOf(bench, { source, format, segments: format === 'alac' ? 3 : 1 });
  const { file: joined = '' } = await join();
  expect([await editOf(single), await editOf(joined)]).toEqual([SAMPLES, SAMPLES]);
  const { facts } = await bench.verified(source, format);
  expect(facts.durationSeconds).toBeCloseTo(SAMPLES / 44_100, 6);
});
