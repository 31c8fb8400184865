/** FLAC whose head and frames say different rates. */
import { open, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeBench } from '../../conversion.testing.ts';
import { mendFlac } from './flac.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

async function mended(bytes: Buffer): Promise<Buffer> {
  const file = await open(await bench.write('mended.flac', bytes), 'r+');
  try {
    await mendFlac(file, bytes.subarray(0, 512));
    return await readFile(bench.path('mended.flac'));
  } finally {
    await file.close();
  }
}

/** The same head with another rate, in 20 bits. */
function withRate(bytes: Buffer, hz: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUIntBE((hz << 4) | (copy.readUInt8(20) & 15), 18, 3);
  return copy;
}

// Each is written in its own way: as a number for it, in kHz, in Hz, in tens of Hz.
test.each([44_100, 37_000, 44_056, 352_800])('of %i Hz', async (hz) => {
  const source = ['-f', 'lavfi', '-i', `sine=r=${hz}:d=3`, '-c:a', 'flac'];
  const bytes = await readFile(await bench.make(`${hz}.flac`, source));
  expect((await mended(bytes)).equals(bytes)).toBe(true);
  expect((await mended(withRate(bytes, 385_268))).equals(bytes)).toBe(true);
  for (const length of [0, 4, 20, 42, bytes.length >> 1]) {
    const cut = bytes.subarray(0, length);
    expect((await mended(cut)).equals(cut)).toBe(true);
  }
  // A header whose checksum is wrong says nothing.
  const damaged = withRate(bytes, 385_268);
  const frameAt = damaged.indexOf(Buffer.from([0xff, 0xf8]), 42);
  damaged.writeUInt8(damaged.readUInt8(frameAt + 3) ^ 0x10, frameAt + 3);
  expect((await mended(damaged)).equals(damaged)).toBe(true);
});

test('it is as long as its frames are', async () => {
  const path = bench.path('44100.flac');
  const lying = await bench.write('lying.flac', withRate(await readFile(path), 385_268));
  expect((await bench.probeFile(lying)).facts).toEqual((await bench.probeFile(path)).facts);
  const { encoded, warnings } = await bench.verified(lying, 'flac', { strict: true });
  expect(encoded.writtenSeconds).toBe(3);
  expect(warnings).toEqual([]);
});
