/** An Ogg file lasts from where its first page begins to where its last one ends, without what Opus begins with. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeBench } from '../conversion.testing.ts';
import { setOggChecksum } from '../tags/values/ogg-checksum.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

const RATE = 48_000;
const SAMPLES = 5 * RATE + 42;
const sound = [
  '-f',
  'lavfi',
  '-i',
  'anoisesrc=c=pink:r=48000:a=0.2:seed=1:d=9',
  '-af',
  `atrim=end_sample=${SAMPLES}`,
];

const codecs: readonly (readonly [string, readonly string[]])[] = [
  ['opus-20', ['-c:a', 'libopus']],
  ['opus-2.5', ['-c:a', 'libopus', '-frame_duration', '2.5']],
  ['opus-60', ['-c:a', 'libopus', '-frame_duration', '60']],
  ['opus-100', ['-c:a', 'libopus', '-frame_duration', '100']],
  ['opus-speech', ['-c:a', 'libopus', '-application', 'voip', '-b:a', '16k']],
  ['flac', ['-c:a', 'flac']],
  ['flac-192', ['-c:a', 'flac', '-frame_size', '192']],
  ['flac-1000', ['-c:a', 'flac', '-frame_size', '1000']],
  ['flac-4096', ['-c:a', 'flac', '-frame_size', '4096']],
];

test.each(codecs)('%s, from its start and as a part of a broadcast', async (name, args) => {
  const whole = await bench.make(`${name}.ogg`, [...sound, ...args]);
  expect((await bench.probeFile(whole)).facts.durationSeconds).toBeCloseTo(SAMPLES / RATE, 6);
  // What a listener has recorded who came in later.
  const part = await bench.write(`${name}-part.ogg`, without(await readFile(whole), 2));
  const { facts, warnings, plan } = await bench.verified(part, 'wav', { strict: true });
  expect(warnings).toEqual([]);
  expect(plan.expectedSeconds).toBeLessThan(4.5);
  expect(plan.expectedSeconds).toBeCloseTo(facts.durationSeconds, 6);
});

test('what begins within another packet, or beside another stream, is left to ffprobe', async () => {
  const whole = await bench.make('plain.ogg', [...sound, '-c:a', 'libopus']);
  const bytes = without(await readFile(whole), 1);
  const at = pagesOf(bytes)[2] ?? 0;
  bytes.writeUInt8(1, at + 5);
  setOggChecksum(bytes.subarray(at, pagesOf(bytes)[3]));
  const odd = await bench.probeFile(await bench.write('odd.ogg', bytes));
  expect(odd.facts.durationSeconds).toBeCloseTo(SAMPLES / RATE + 312 / RATE, 6);
  const both = await bench.make('both.ogg', [...sound, '-map', '0', '-map', '0', '-c:a', 'libopus']);
  expect((await bench.probeFile(both)).facts.durationSeconds).toBeCloseTo(SAMPLES / RATE + 312 / RATE, 6);
});

/** An Ogg file without so many pages behind those of its header, of which Opus and FLAC have two. */
function without(ogg: Buffer, pages: number): Buffer {
  const starts = pagesOf(ogg);
  return Buffer.concat([ogg.subarray(0, starts[2]), ogg.subarray(starts[2 + pages])]);
}

function pagesOf(ogg: Buffer): number[] {
  const starts: number[] = [];
  for (let at = ogg.indexOf('OggS\0'); at >= 0; at = ogg.indexOf('OggS\0', at + 1)) starts.push(at);
  return starts;
}
