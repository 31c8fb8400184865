/** Results of all formats that have lost their end behind FFmpeg's back, whatever their headers say. */
import { copyFile, readFile, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { formatNames } from '@wavefleet/contracts/formats.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeBench } from '../conversion.testing.ts';
import { probeOutput } from './probe-output.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
let source: string;
beforeAll(async () => {
  bench = await makeBench();
  const noise = 'aevalsrc=0.2*random(0)+0.3*sin(440*2*PI*t)|0.2*random(1):s=44100:d=3';
  source = await bench.make('source.flac', ['-f', 'lavfi', '-i', noise, '-metadata', 'title=Whole']);
});
afterAll(() => bench.remove());

test.each(formatNames)('of %s not a byte of the end may be missing', async (format) => {
  const { inFolder, encoded, file } = await bench.convert(source, format);
  const { fileName } = encoded;
  const { size } = await stat(file);
  const kept = join(inFolder.cwd, 'kept');
  await copyFile(file, kept);
  for (const hasTags of [true, false]) {
    expect(await probeOutput(inFolder, { format, fileName, hasTags })).toMatchObject({
      durationSeconds: expect.closeTo(3, 1),
    });
  }
  // Ogg may lose whole pages: what is left ends as it should, but for the mark of the last one.
  const lastPageBytes = size - (await readFile(file)).lastIndexOf('OggS');
  const losses = [1, 64, 1_000, size / 2, size - 5];
  for (const lostBytes of lastPageBytes > size ? losses : [...losses, lastPageBytes]) {
    await rm(file);
    await copyFile(kept, file);
    await truncate(file, size - Math.floor(lostBytes));
    for (const hasTags of [true, false]) {
      const probing = probeOutput(inFolder, { format, fileName, hasTags });
      await expect(probing, `${lostBytes} bytes of ${size}, tags ${hasTags}`).rejects.toMatchObject({
        code: 'OUTPUT_INVALID',
      });
    }
  }
});
