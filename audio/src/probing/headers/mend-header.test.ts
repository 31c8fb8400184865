/** What headers declare, against what files hold. */
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HeaderTruth, mendHeader } from './mend-header.ts';
import {
  aifc,
  aiff,
  caf,
  extensible,
  joined,
  rf64,
  rifx,
  sound,
  u32,
  w64,
  wav,
} from './pcm-files.testing.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'mend-header-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function mended(bytes: Buffer): Promise<{ truth: HeaderTruth | undefined; after: Buffer }> {
  const path = join(dir, 'x');
  await writeFile(path, bytes);
  const file = await open(path, 'r+');
  try {
    const truth = await mendHeader(file, bytes.subarray(0, 512), bytes.length);
    return { truth, after: await readFile(path) };
  } finally {
    await file.close();
  }
}

const asDeclared: HeaderTruth = {
  promisedSeconds: undefined,
  presentSeconds: undefined,
  isEstimate: false,
  hasTrailingData: false,
  validBits: undefined,
  replacement: undefined,
};
const list = Buffer.from('LIST\u0003\0\0\0abc\0', 'latin1');

test.each<[string, Buffer, HeaderTruth | undefined]>([
  ['whole', wav(32_000, sound(32_000)), asDeclared],
  ['cut in half', wav(32_000, sound(16_000)), { ...asDeclared, promisedSeconds: 2, presentSeconds: 1 }],
  [
    'cut, behind an odd chunk',
    wav(32_000, sound(16_000), list),
    { ...asDeclared, promisedSeconds: 2, presentSeconds: 1 },
  ],
  [
    'absurdly long in a tiny file',
    wav(0x7ffe_0000, sound(16)),
    { ...asDeclared, promisedSeconds: 134_209.536, presentSeconds: 0.001 },
  ],
  ['with a chunk behind the sound', wav(16_000, joined(sound(16_000), list, list)), asDeclared],
  ['with an ID3v1 tag behind the sound', wav(16_000, joined(sound(16_000), 'TAG', sound(125))), asDeclared],
  ['with zeros behind the sound', wav(16_000, joined(sound(16_000), Buffer.alloc(5_000))), asDeclared],
  [
    'with zeros behind the sound, and a tag behind those',
    wav(16_000, joined(sound(16_000), Buffer.alloc(5_000), 'TAG', sound(125))),
    asDeclared,
  ],
  [
    'with zeros behind the sound, and chunks behind those',
    wav(16_000, joined(sound(16_000), Buffer.alloc(2 * 1024 ** 2 - 2), list, list)),
    asDeclared,
  ],
  [
    'cut, of nearly 3 GiB',
    wav(3e9, sound(16_000)),
    { ...asDeclared, promisedSeconds: 187_500, presentSeconds: 1 },
  ],
  ['without a data chunk', wav(0, sound(0)).subarray(0, 36), undefined],
  [
    'without a whole format',
    joined('RIFF', u32(99), 'WAVE', 'fmt ', u32(4), u32(0), 'data', u32(9)),
    asDeclared,
  ],
  ['of another kind', Buffer.from('fLaC and more than that'), undefined],
  ['nearly empty', Buffer.from('RI'), undefined],
  ['nearly empty AIFF', joined('FORM', u32(0), 'AIFF'), undefined],
  ['nearly empty CAF', joined('caff', u32(0)), undefined],
  ['nearly empty W64', w64(0, sound(0)).subarray(0, 70), undefined],
])('a file that is %s', async (_name, bytes, truth) => {
  const found = await mended(bytes);
  expect(found.truth).toEqual(truth);
  expect(found.after.equals(bytes)).toBe(true);
});

const short = { ...asDeclared, presentSeconds: 2, hasTrailingData: true };
test.each<[string, Buffer, Buffer]>([
  ['RIFF', wav(16_000, sound(32_000)), wav(32_000, sound(32_000))],
  ['RF64', rf64(16_000, sound(32_000)), rf64(32_000, sound(32_000))],
  ['W64', w64(16_000, sound(32_000)), w64(32_000, sound(32_000))],
  ['AIFF', aiff(16_000, sound(32_000)), aiff(32_000, sound(32_000))],
  ['AIFC of A-law', aifc('alaw', 8_000, sound(16_000), 8), aifc('alaw', 16_000, sound(16_000), 8)],
  ['CAF', caf(16_000, sound(32_000)), caf(32_000, sound(32_000))],
])(
  'a header of %s that was frozen half-way declares all of the sound afterwards',
  async (_kind, bytes, right) => {
    const { truth, after } = await mended(bytes);
    expect(truth).toEqual(short);
    // The size of the whole file stays as it was: nobody reads by it.
    const behindSizes = (buffer: Buffer) => buffer.subarray(24);
    expect(behindSizes(after).equals(behindSizes(right))).toBe(true);
    const again = await mended(after);
    expect(again.truth).toEqual(asDeclared);
  },
);

test('silence behind the declared end is no padding when sound goes on behind it', async () => {
  const pause = Buffer.alloc(3 * 1024 ** 2);
  const { truth } = await mended(wav(16_000, joined(sound(16_000), pause, sound(16_000))));
  expect(truth).toEqual({ ...asDeclared, presentSeconds: 2 + pause.length / 16_000, hasTrailingData: true });
});

test.each<[string, Buffer, Buffer]>([
  ['RIFF', wav(0, sound(32_000)), wav(32_000, sound(32_000))],
  ['RIFF from a pipe of SoX', wav(0x7fff_f000, sound(32_000)), wav(32_000, sound(32_000))],
  ['RIFF from a pipe of arecord', wav(0x8000_0000, sound(32_000)), wav(32_000, sound(32_000))],
  ['RIFF from a pipe', wav(0xffff_ffff, sound(32_000)), wav(32_000, sound(32_000))],
  ['RIFX from a pipe', rifx(0xffff_ffff, sound(32_000)), rifx(32_000, sound(32_000))],
  ['RF64', rf64(0, sound(32_000)), rf64(32_000, sound(32_000))],
  ['RF64 of −1 bytes', rf64(-1, sound(32_000)), rf64(32_000, sound(32_000))],
  ['W64', w64(0, sound(32_000)), w64(32_000, sound(32_000))],
  ['W64 of −1 bytes', w64(-25, sound(32_000)), w64(32_000, sound(32_000))],
  ['AIFF', aiff(0, sound(32_000)), aiff(32_000, sound(32_000))],
  ['AIFF of −1 bytes', aiff(0xffff_ffff - 8, sound(32_000)), aiff(32_000, sound(32_000))],
  ['CAF', caf(-5, sound(32_000)), caf(32_000, sound(32_000))],
  ['CAF of more bytes than there are', caf(2 ** 62, sound(32_000)), caf(32_000, sound(32_000))],
])(
  'a header of %s that was never finished declares all of the sound afterwards',
  async (_kind, bytes, right) => {
    const { truth, after } = await mended(bytes);
    expect(truth).toEqual({ ...asDeclared, presentSeconds: 2, replacement: truth?.replacement });
    const behindSizes = (buffer: Buffer) => buffer.subarray(24);
    expect(behindSizes(after).equals(behindSizes(right))).toBe(true);
  },
);

test.each<[string, Buffer, number, Buffer]>([
  ['24 in 32', extensible(32, 32, 24, sound(8_000)), 24, extensible(32, 32, 32, sound(8_000))],
  ['16 in 32', extensible(32, 32, 16, sound(8_000)), 16, extensible(32, 32, 32, sound(8_000))],
  ['20 in 24', extensible(24, 24, 20, sound(6_000)), 20, extensible(24, 24, 24, sound(6_000))],
  ['12 in 16', extensible(16, 16, 12, sound(4_000)), 12, extensible(16, 16, 16, sound(4_000))],
  [
    '24 in 32 by the block alone',
    extensible(24, 32, 24, sound(8_000)),
    24,
    extensible(32, 32, 32, sound(8_000)),
  ],
  ['24 in 32 of CAF', caf(8_000, sound(8_000), 4, 24), 24, caf(8_000, sound(8_000), 4, 32)],
])('the room decides how samples are read: %s', async (_name, bytes, validBits, right) => {
  const { truth, after } = await mended(bytes);
  expect(truth).toEqual({ ...asDeclared, validBits });
  expect(after.equals(right)).toBe(true);
});

test.each([
  ['16 in 16', extensible(16, 16, 16, sound(4_000))],
  ['32 in 32', extensible(32, 32, 32, sound(8_000))],
  ['no valid bits', extensible(16, 16, 0, sound(4_000))],
])('and is left alone when it is full: %s', async (_name, bytes) => {
  const { truth, after } = await mended(bytes);
  expect(truth).toEqual(asDeclared);
  expect(after.equals(bytes)).toBe(true);
});

test.each<[string, Buffer]>([
  ['AIFF-C of 65,535 bits', aifc('sowt', 16_000, sound(16_000), 65_535)],
  ['AIFF-C of 40 bits', aifc('sowt', 16_000, sound(16_000), 40)],
  // The sound chunk may say that its sound begins some bytes later.
  ['AIFF-C whose sound begins at an odd place', aifc('sowt', 16_001, sound(16_001), 24).fill(1, 67, 68)],
])('samples that no header tells FFmpeg of are refused, and make no noise: %s', async (_name, bytes) => {
  await expect(mended(bytes)).rejects.toMatchObject({ code: 'NO_DECODABLE_AUDIO' });
});

test.each<[string, Buffer]>([
  ['RIFF', wav(0, list)],
  ['RF64', rf64(0, joined(list, list))],
  ['AIFF', aiff(0, joined('ANNO', u32(5).reverse(), 'hello'))],
  ['CAF', caf(-4, joined('info', u32(0), u32(5).reverse(), 'hello'))],
])('chunks behind no sound at all are no sound: %s', async (_name, bytes) => {
  await expect(mended(bytes)).rejects.toMatchObject({ code: 'NO_DECODABLE_AUDIO' });
});

test('a float file is as long as its samples, whatever its header says of the average', async () => {
  const bytes = wav(64_000, sound(32_000));
  bytes.writeUInt16LE(3, 20);
  bytes.writeUInt32LE(1_000, 28);
  bytes.writeUInt16LE(4, 32);
  bytes.writeUInt16LE(32, 34);
  expect((await mended(bytes)).truth).toEqual({ ...asDeclared, promisedSeconds: 2, presentSeconds: 1 });
});

test('a header that is cut anywhere, or holds anything, is no crash', async () => {
  const whole = [
    wav(16_000, sound(64)),
    rf64(16_000, sound(64)),
    w64(16_000, sound(64)),
    aiff(16_000, sound(64)),
    caf(16_000, sound(64), 4, 24),
    extensible(32, 32, 24, sound(64)),
    aifc('sowt', 64, sound(64), 24),
    rifx(64, sound(64)),
    rifx(64, sound(64), 'counted'),
    rifx(64, sound(64), 'extensible'),
    // A ds64 of no length right before the end.
    joined(
      'RF64',
      u32(0xffff_ffff),
      'WAVE',
      wav(0, sound(0)).subarray(12, 36),
      'ds64',
      u32(0),
      'data',
      u32(0xffff_ffff),
    ),
  ];
  for (const bytes of whole) {
    for (let length = 0; length <= bytes.length; length += 1) await mended(bytes.subarray(0, length));
    for (let at = 0; at < bytes.length; at += 1) {
      const hostile = Buffer.from(bytes);
      hostile.fill(at % 2 === 0 ? 0xff : 0, at, Math.min(at + 8, bytes.length));
      const truth = await mended(hostile).then(
        (found) => found.truth,
        (error: unknown) => {
          expect(error).toBeInstanceOf(Failure);
          return undefined;
        },
      );
      for (const value of [truth?.presentSeconds, truth?.promisedSeconds]) {
        expect(value === undefined || Number.isFinite(value)).toBe(true);
      }
    }
  }
});
