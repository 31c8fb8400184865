/** Room for jobs that run side by side: real folders, a disk that is as full as the test says. */
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DiskRoom } from './disk-room.ts';

let root: string;
let free: number;
let room: DiskRoom;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'wavefleet-room-'));
  free = 1_000;
  room = new DiskRoom(async () => free);
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function folder(name: string): Promise<string> {
  await mkdir(join(root, name));
  return join(root, name);
}

test('of jobs that ask at once, those are refused for whom no room is left', async () => {
  const folders = await Promise.all(['a', 'b', 'c', 'd'].map(folder));
  const answers = await Promise.allSettled(folders.map((each) => room.require(each, 100)));
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
  expect(answers[3]).toMatchObject({ reason: { code: 'DISK_FULL' } });
});

test('what a job has written is no longer promised: the disk counts it', async () => {
  const first = await folder('first');
  await room.require(first, 200);
  await mkdir(join(first, 'parts'));
  await writeFile(join(first, 'in'), Buffer.alloc(200));
  await writeFile(join(first, 'parts', 'out'), Buffer.alloc(300));
  free = 500;
  // 100 of it are still to come.
  await expect(room.require(await folder('larger'), 134)).rejects.toMatchObject({ code: 'DISK_FULL' });
  await room.require(await folder('second'), 133);
});

test('a hole takes no room, and promises none', async () => {
  const first = await folder('first');
  free = 1_000_000;
  await room.requireBytes(first, 400_000);
  await writeFile(join(first, 'in'), Buffer.alloc(100));
  await truncate(join(first, 'in'), 1024 ** 3);
  await expect(room.require(await folder('second'), 220_000)).rejects.toMatchObject({ code: 'DISK_FULL' });
});

test('a job that asks once more, for less, is not in its own way', async () => {
  const first = await folder('first');
  await room.requireBytes(first, 900);
  await room.requireBytes(first, 800);
  await room.requireBytes(await folder('second'), 200);
});

test('a job may have more where nobody was promised it, and then others may not have that', async () => {
  const [first, second] = [await folder('first'), await folder('second')];
  await room.require(first, 100);
  await room.require(second, 100);
  expect(await room.allows(first, 701)).toBe(false);
  await room.require(await folder('third'), 100);
  expect(await room.allows(first, 401)).toBe(false);
  expect(await room.allows(first, 400)).toBe(true);
  await expect(room.require(await folder('fourth'), 1)).rejects.toMatchObject({ code: 'DISK_FULL' });
});

test('the room of a job that is over is there for the next', async () => {
  const [first, second] = [await folder('first'), await folder('second')];
  await room.require(first, 300);
  await expect(room.require(second, 300)).rejects.toMatchObject({ code: 'DISK_FULL' });
  room.release(first);
  await room.require(second, 300);
});

test('on a full disk what looks like the file’s fault is the disk’s', async () => {
  const invalid = new Failure('OUTPUT_INVALID');
  const blame = async (error: unknown) => await room.blame(await folder(String(Math.random())), error);
  free = 4_096;
  expect(await blame(invalid)).toMatchObject({ code: 'DISK_FULL', cause: invalid });
  for (const error of [new Failure('CORRUPT_INPUT'), new Error('no figures were measured')]) {
    expect(await blame(error)).toMatchObject({ code: 'DISK_FULL', cause: error });
  }
  const later = new Failure('STORAGE_UNAVAILABLE');
  expect(await blame(later)).toBe(later);
  free = 1e9;
  expect(await blame(invalid)).toBe(invalid);
});
