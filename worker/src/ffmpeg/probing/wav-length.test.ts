/** What a WAV header declares, against what the file holds. */
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { declaredSecondsOfCutWav } from './wav-length.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'wav-length-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** 8 kHz mono 16 bit: 16,000 bytes a second. */
function wav(declaredBytes: number, actualBytes: number, between = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(36);
  head.write('RIFF', 0);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(8_000, 24);
  head.writeUInt32LE(16_000, 28);
  const data = Buffer.alloc(8);
  data.write('data', 0);
  data.writeUInt32LE(declaredBytes, 4);
  return Buffer.concat([head, between, data, Buffer.alloc(actualBytes)]);
}

const list = Buffer.from('LIST\u0003\0\0\0abc\0', 'latin1');

test.each([
  ['whole', wav(32_000, 32_000), undefined],
  ['cut in half', wav(32_000, 16_000), 2],
  ['cut, behind an odd chunk', wav(32_000, 16_000, list), 2],
  ['of unknown length', wav(0xffff_ffff, 16_000), undefined],
  ['with no length', wav(0, 16_000), undefined],
  ['without a data chunk', wav(0, 0).subarray(0, 36), undefined],
  ['of another kind', Buffer.from('fLaC and more than that'), undefined],
  ['nearly empty', Buffer.from('RI'), undefined],
])('a file that is %s', async (_name, bytes, seconds) => {
  const path = join(dir, 'x.wav');
  await writeFile(path, bytes);
  const file = await open(path);
  try {
    expect(await declaredSecondsOfCutWav(file, bytes.length)).toBe(seconds);
  } finally {
    await file.close();
  }
});
