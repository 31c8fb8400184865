/** Bytes on their way into a file. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openFor, writeBody } from './write-body.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'wavefleet-write-body-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** Three blocks and a bit, in pieces that end where no block does. */
const bytes = randomBytes(3 * 1024 ** 2 + 12_345);
const pieces = Array.from({ length: Math.ceil(bytes.length / 65_521) }, (_, index) =>
  bytes.subarray(index * 65_521, (index + 1) * 65_521),
);
const signal = new AbortController().signal;

/** As the pieces, and then an error. */
async function* broken(count: number) {
  yield* pieces.slice(0, count);
  throw new Error('broken off');
}

test('all of it arrives, in order, and is summed up as it is written', async () => {
  const path = join(dir, 'whole');
  const file = await open(path, 'wx');
  const hash = createHash('sha256');
  const told: number[] = [];
  await writeBody(Readable.from(pieces), {
    file,
    sizeBytes: bytes.length,
    signal,
    onReceived: (count) => told.push(count),
    onBlock: (block) => hash.update(block),
  }).finally(() => file.close());
  expect((await readFile(path)).equals(bytes)).toBe(true);
  expect(hash.digest('hex')).toBe(createHash('sha256').update(bytes).digest('hex'));
  expect(told).toHaveLength(pieces.length);
  expect(told.at(-1)).toBe(bytes.length);
});

test('what breaks off leaves all that has come, and the rest goes behind it', async () => {
  const path = join(dir, 'in-two');
  let arrived = 0;
  const onBlock = (block: Buffer) => {
    arrived += block.length;
  };
  const first = await open(path, 'a');
  const target = { sizeBytes: bytes.length, signal, onBlock };
  await expect(writeBody(Readable.from(broken(20)), { ...target, file: first })).rejects.toThrow(
    /broken off/,
  );
  await first.close();
  expect(arrived).toBe(20 * 65_521);
  const second = await open(path, 'a');
  await writeBody(Readable.from(pieces.slice(20)), { ...target, file: second });
  await second.close();
  expect((await readFile(path)).equals(bytes)).toBe(true);
});

test('at its place in a file that is there, and not beyond what was asked for', async () => {
  const path = join(dir, 'placed');
  const file = await open(path, 'w+');
  await file.truncate(300_000);
  const place = { file, at: 100_000, sizeBytes: 65_521, mostBytes: 65_521, signal };
  await writeBody(Readable.from(pieces.slice(0, 1)), place);
  await expect(writeBody(Readable.from(pieces.slice(1, 3)), place)).rejects.toThrow('more than 65521 bytes');
  await file.close();
  const found = await readFile(path);
  expect(found).toHaveLength(300_000);
  expect(found.subarray(100_000, 165_521).equals(pieces[1] ?? expect.fail())).toBe(true);
  expect(found.subarray(165_521).every((byte) => byte === 0)).toBe(true);
});

test('an abort ends the wait for the next piece', async () => {
  const ended = new AbortController();
  const file = await open(join(dir, 'aborted'), 'wx');
  const body = new Readable({ read: () => undefined });
  const writing = writeBody(body, { file, sizeBytes: 10, signal: ended.signal });
  body.push(Buffer.from('abc'));
  ended.abort(new Error('enough'));
  await expect(writing).rejects.toMatchObject({ name: 'AbortError', cause: new Error('enough') });
  expect(body.destroyed).toBe(true);
  await file.close();
});

test('a file that is there already is not written over, and the body is let go', async () => {
  const path = join(dir, 'there');
  await (await open(path, 'wx')).close();
  const body = Readable.from(pieces);
  await expect(openFor(body, path, 'wx')).rejects.toMatchObject({ code: 'EEXIST' });
  expect(body.destroyed).toBe(true);
});

test('a full disk is said, and what could not be written is not summed up', async () => {
  const file = await open('/dev/full', 'w');
  const blocks: number[] = [];
  const onBlock = (block: Buffer) => blocks.push(block.length);
  const target = { file, sizeBytes: bytes.length, signal, onBlock };
  await expect(writeBody(Readable.from(pieces), target)).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(blocks).toEqual([]);
  await file.close();
});
