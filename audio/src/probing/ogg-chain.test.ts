/** A chain in Ogg is as long as all of its streams, whatever the last one declares. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeBench } from '../conversion.testing.ts';
import { listen, rmsOf } from '../samples.testing.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

const linkOf = async (codec: string, seconds: number, serial: number): Promise<Buffer> => {
  const name = `link-${codec}-${serial}.ogg`;
  const sine = ['-f', 'lavfi', '-i', `sine=440:r=48000:d=${seconds}`];
  return await readFile(
    await bench.make(name, [...sine, '-c:a', codec, '-serial_offset', `${serial}`, '-f', 'ogg']),
  );
};

test.each(['libvorbis', 'libopus', 'flac'])(
  'a part of a chain of %s may lie behind what is declared',
  async (codec) => {
    const links = [await linkOf(codec, 4, 1), await linkOf(codec, 2, 2)];
    const chain = await bench.write(`chain-${codec}.ogg`, Buffer.concat(links));
    // Both streams have sound in it.
    const cut = await bench.verified(chain, 'wav', { trimStart: 3.5, trimEnd: 5.5 });
    expect([cut.facts.durationSeconds, cut.warnings]).toEqual([2, []]);
    const [samples = new Float64Array()] = (await listen(cut.file)).channels;
    expect(rmsOf(samples.subarray(72_000))).toBeCloseTo(0.088, 2);
    const whole = await bench.verified(chain, 'wav');
    expect(whole.facts.durationSeconds).toBeCloseTo(6, 2);
    expect([whole.plan.expectedSlackSeconds, whole.warnings]).toEqual([Number.POSITIVE_INFINITY, []]);
  },
);

test('streams beside each other are no chain, nor is one alone', async () => {
  const tones = [440, 550].flatMap((hz) => ['-f', 'lavfi', '-i', `sine=${hz}:r=48000:d=2`]);
  const both = await bench.make('both.ogg', [...tones, '-map', '0', '-map', '1', '-c:a', 'libvorbis']);
  const alone = await bench.write('alone.ogg', await linkOf('libvorbis', 2, 3));
  for (const file of [both, alone]) {
    const { durationSlackSeconds, facts } = await bench.probeFile(file);
    expect(durationSlackSeconds).toBeLessThan(1);
    expect(facts.durationSeconds).toBeCloseTo(2, 1);
    await expect(bench.convert(file, 'wav', { trimStart: 3 })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
    });
  }
});
