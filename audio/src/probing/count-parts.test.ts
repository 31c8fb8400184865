/** Files with more comments, chapters or attachments than anybody needs, told by their headers. */
import { Failure } from '@wavefleet/contracts/failure.ts';
import { inputLimits } from '@wavefleet/contracts/input-formats.ts';
import { expect, test } from 'vitest';
import { refuseManyParts } from './count-parts.ts';

const { maxParts } = inputLimits;
const u32le = (value: number): Buffer => Buffer.from(Uint32Array.of(value).buffer);
const u32be = (value: number): Buffer => u32le(value).swap32();
const times = (count: number, bytes: Buffer): Buffer => Buffer.concat(Array<Buffer>(count).fill(bytes));

const comments = (count: number, said = count): Buffer =>
  Buffer.concat([u32le(0), u32le(said), times(count, Buffer.concat([u32le(3), Buffer.from('a=b')]))]);
const flac = (block: Buffer): Buffer =>
  Buffer.concat([Buffer.from('fLaC'), u32be(0x84000000 + block.length), block]);
const id3 = (count: number): Buffer => {
  const frames = times(
    count,
    Buffer.concat([Buffer.from('TXXX'), u32be(4), Buffer.from('\0\0\0a\0b', 'latin1')]),
  );
  const size = Buffer.of(
    frames.length >> 21,
    (frames.length >> 14) & 127,
    (frames.length >> 7) & 127,
    frames.length & 127,
  );
  return Buffer.concat([Buffer.from('ID3\x03\0\0', 'latin1'), size, frames]);
};
const element = (id: string, body: Buffer): Buffer =>
  Buffer.concat([Buffer.from(id, 'hex'), u32be(0x10000000 + body.length), body]);
const matroska = (part: Buffer, ...path: string[]): Buffer =>
  Buffer.concat([
    element('1a45dfa3', Buffer.alloc(0)),
    path.reduceRight((inner, id) => element(id, inner), part),
  ]);
const atom = element('b6', Buffer.alloc(2));
const box = (type: string, body: Buffer): Buffer =>
  Buffer.concat([u32be(body.length + 8), Buffer.from(type, 'latin1'), body]);
const mp4 = (count: number): Buffer =>
  Buffer.concat([
    box('ftyp', Buffer.from('M4A ')),
    box(
      'moov',
      box(
        'udta',
        box('meta', Buffer.concat([u32be(0), box('ilst', times(count, box('----', Buffer.alloc(0))))])),
      ),
    ),
  ]);

/** Of so many texts, in front of a second of sound. */
const wave = (magic: string, count: number): Buffer => {
  const texts = times(count, Buffer.concat([Buffer.from('IAAA'), u32le(2), Buffer.from('a\0')]));
  const size = magic === 'RIFX' ? u32be : u32le;
  const chunk = (name: string, body: Buffer): Buffer =>
    Buffer.concat([Buffer.from(name), size(body.length), body]);
  const long = Buffer.concat([u32le(0), u32le(0), u32le(8_000), Buffer.alloc(16)]);
  return Buffer.concat([
    ...[Buffer.from(magic), u32le(0xffffffff), Buffer.from('WAVE')],
    ...(magic.endsWith('64') ? [chunk('ds64', long)] : []),
    ...[chunk('data', Buffer.alloc(8_000, 1)), chunk('LIST', Buffer.concat([Buffer.from('INFO'), texts]))],
  ]);
};

const isRefused = async (file: Buffer): Promise<boolean> => {
  const read = async (at: number, length: number) => file.subarray(at, at + length);
  try {
    await refuseManyParts(read, file.subarray(0, 4_096), file.length);
    return false;
  } catch (error) {
    if (error instanceof Failure && error.code === 'TOO_MANY_PARTS') return true;
    throw error;
  }
};

test.each<[string, (count: number) => Buffer]>([
  ['comments of FLAC', (count) => flac(comments(count))],
  ['frames of ID3', id3],
  ['chapters of Matroska', (count) => matroska(times(count, atom), '18538067', '1043a770', '45b9')],
  [
    'attachments of Matroska',
    (count) => matroska(times(count, element('61a7', Buffer.alloc(0))), '18538067', '1941a469'),
  ],
  ['tags of MP4', mp4],
  ['texts of WAV', (count) => wave('RIFF', count)],
  ['texts of RF64', (count) => wave('RF64', count)],
  ['texts of RIFX', (count) => wave('RIFX', count)],
])('%s: as many as may be are taken, one more is refused', async (_, make) => {
  expect(await isRefused(make(maxParts))).toBe(false);
  expect(await isRefused(make(maxParts + 1))).toBe(true);
});

test('a number that the block has no room for is a lie', async () => {
  expect(await isRefused(flac(comments(3, 0xffffffff)))).toBe(false);
});

test('what ends in the middle of a number, or points beyond the end, is no matter', async () => {
  const whole = matroska(times(20, atom), '18538067', '1043a770', '45b9');
  for (let length = 0; length < whole.length; length += 1)
    expect(await isRefused(whole.subarray(0, length))).toBe(false);
  expect(await isRefused(flac(u32le(0xffffffff)))).toBe(false);
});

test('silence is no parts, where the length of the sound is not known or room was reserved behind it', async () => {
  const silence = Buffer.alloc(maxParts * 16);
  const begun = (bytes: number) =>
    Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVEdata'), u32le(bytes), Buffer.alloc(bytes, 1), silence]);
  for (const bytes of [0, 8_000]) expect(await isRefused(begun(bytes))).toBe(false);
  // Nor is there a place for parts behind it.
  expect(await isRefused(Buffer.concat([begun(8_000), wave('RIFF', maxParts + 1).subarray(12)]))).toBe(true);
});
