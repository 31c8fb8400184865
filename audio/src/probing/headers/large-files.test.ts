/**
 * Files beyond 2 and 4 GiB, where sizes of 32 bits come to their end. They are holes but for their last second: FFmpeg is
 * sent there, and has to find the sound up to its last sample and nothing behind it.
 */
import { open, rm } from 'node:fs/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeBench } from '../../conversion.testing.ts';
import { mendHeader, replaceHeader } from './mend-header.ts';
import { aifc, aiff, caf, rf64, rifx, u32, w64, wav } from './pcm-files.testing.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

const GIB = 2 ** 30;
const BYTES_PER_SECOND = 16_000;
/** A little more than 2, 3 and 5 GiB, in whole seconds. */
const two = BYTES_PER_SECOND * 134_400;
const three = BYTES_PER_SECOND * 202_000;
const five = BYTES_PER_SECOND * 336_000;
const wrapped = five % 2 ** 32;
const none = Buffer.alloc(0);
/** Its last byte first, as the families have them whose names are here. */
const swapped = (kind: string): boolean => /AIFF|NONE|RIFX/.test(kind);

/** Samples that count up, so that each says where it stands. */
const lastSecond = Buffer.from(Uint16Array.from({ length: 8_000 }, (_, index) => index + 1).buffer);
const listChunk = Buffer.concat([Buffer.from('LIST'), u32(64), Buffer.from('INFO'), Buffer.alloc(60, 0x61)]);
const id3Chunk = Buffer.concat([Buffer.from('ID3 '), u32(64).reverse(), Buffer.alloc(64, 0x61)]);

test.each<[string, Buffer, number, Buffer]>([
  ['RIFF of 3 GiB', wav(three, none), three, none],
  ['RIFF from SoX on a pipe, 2 GiB', wav(0x7fff_f000, none), two, none],
  ['RIFF from FFmpeg on a pipe, 5 GiB', wav(0xffff_ffff, none), five, none],
  ['RIFF of 5 GiB that wrapped', wav(wrapped, none), five, none],
  ['RIFF of 5 GiB that wrapped, with a chunk behind the sound', wav(wrapped, none), five, listChunk],
  ['RIFX of 5 GiB that wrapped', rifx(wrapped, none), five, none],
  ['RF64 of 5 GiB that was never finished', rf64(0, none), five, none],
  ['RF64 of 5 GiB that wrapped', rf64(wrapped, none), five, none],
  ['W64 of 5 GiB that was never finished', w64(0, none), five, none],
  ['W64 of 5 GiB that wrapped', w64(wrapped, none), five, none],
  ['CAF of 5 GiB that was never finished', caf(-5, none), five, none],
  ['CAF of 5 GiB that wrapped', caf(wrapped, none), five, none],
  ['AIFF of 3 GiB', aiff(three, none), three, none],
  ['AIFF of 3 GiB with a chunk behind the sound', aiff(three, none), three, id3Chunk],
  ['AIFF of 3 GiB that was never finished', aiff(0, none), three, none],
  ['AIFF of 5 GiB that wrapped, with a chunk behind the sound', aiff(wrapped, none), five, id3Chunk],
  ['AIFC NONE of 5 GiB', aifc('NONE', wrapped, none), five, none],
  ['AIFC sowt of 3 GiB', aifc('sowt', three, none), three, none],
])('%s', async (name, header, soundBytes, behind) => {
  const path = bench.path('large');
  const file = await open(path, 'w+');
  const last = swapped(name) ? Buffer.from(lastSecond).swap16() : lastSecond;
  const tail = Buffer.concat([last, behind]);
  await file.write(header);
  await file.write(tail, 0, tail.length, header.length + soundBytes - last.length);
  const { size } = await file.stat();
  expect(size).toBeGreaterThan(2 * GIB);
  const truth = await mendHeader(file, header.subarray(0, 512), size);
  await file.close();
  if (truth?.replacement !== undefined) await replaceHeader(path, truth.replacement);

  const seconds = soundBytes / BYTES_PER_SECOND;
  expect(truth?.presentSeconds ?? seconds).toBe(seconds);
  const toTheEnd = ['-ss', String(seconds - 1), '-i', path, '-f', 's16le', 'pipe:1'];
  const { stdout } = await execa(bench.ffmpeg, ['-v', 'error', ...toTheEnd], { encoding: 'buffer' });
  expect(Buffer.from(stdout).equals(lastSecond)).toBe(true);
  await rm(path);
});
