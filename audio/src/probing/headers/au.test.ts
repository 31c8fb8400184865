/** AU files whose header says nothing where a number belongs. FFmpeg 7.1 does not know those as AU, 5.1 does. */
import { open } from 'node:fs/promises';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeBench } from '../../conversion.testing.ts';
import { listen } from '../../samples.testing.ts';
import { mendAu } from './au.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

const SOUND_BYTES = 16_000;
const LINEAR_16 = 3;
const DECLARED = { sizeBytes: SOUND_BYTES, sampleRate: 8_000, channels: 1 };

/** One second of 16 bits, with what its header declares. */
function au(declares: Partial<typeof DECLARED>): Buffer {
  const { sizeBytes, sampleRate, channels } = { ...DECLARED, ...declares };
  const header = Buffer.alloc(24);
  header.write('.snd', 'latin1');
  [24, sizeBytes, LINEAR_16, sampleRate, channels].forEach((value, index) => {
    header.writeUInt32BE(value, 4 + 4 * index);
  });
  return Buffer.concat([header, Buffer.alloc(SOUND_BYTES, 7)]);
}

/** What is done to the file before FFmpeg sees it: the failure's code, or the size that its header declares then. */
async function mended(bytes: Buffer): Promise<unknown> {
  const file = await open(await bench.write('mended.au', bytes), 'r+');
  try {
    await mendAu(file, bytes.subarray(0, 24));
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 8);
    return buffer.readUInt32BE(0);
  } catch (error) {
    if (error instanceof Failure) return error.code;
    throw error;
  } finally {
    await file.close();
  }
}

test.each<[Partial<typeof DECLARED>, unknown]>([
  [{}, SOUND_BYTES],
  [{ sizeBytes: 0 }, 0xffff_ffff],
  [{ sizeBytes: 0x8000_0000 }, 0xffff_ffff],
  [{ sizeBytes: 0xffff_ffff }, 0xffff_ffff],
  [{ sampleRate: 0 }, 'UNSUPPORTED_SAMPLE_RATE'],
  [{ channels: 0 }, 'UNSUPPORTED_CHANNELS'],
])('%j is answered with %j', async (declares, answer) => {
  expect(await mended(au(declares))).toBe(answer);
});

test('a recorder that never wrote the length: all of the sound is converted', async () => {
  const { file, warnings } = await bench.convert(
    await bench.write('unfinished.au', au({ sizeBytes: 0 })),
    'wav',
  );
  const { sampleRate, channels } = await listen(file);
  expect({ frames: channels[0]?.length, sampleRate, warnings }).toEqual({
    frames: 8_000,
    sampleRate: 8_000,
    warnings: [],
  });
});
