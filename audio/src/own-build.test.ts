/** When our own FFmpeg is taken, and when it is left alone. */
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ownBuild } from './own-build.ts';

let home: string;
let folder: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'wavefleet-own-build-'));
  await chmod(home, 0o755);
  folder = join(home, '.ffmpeg');
  await mkdir(folder);
  await writeFile(join(folder, 'ffmpeg'), '', { mode: 0o755 });
});
afterAll(async () => await rm(home, { recursive: true }));

test('one of the two programs is no build', () => {
  expect(ownBuild(1000, folder)).toBeUndefined();
});

test('both are taken, as whom ever they will run', async () => {
  await writeFile(join(folder, 'ffprobe'), '', { mode: 0o755 });
  const paths = { FFMPEG_PATH: join(folder, 'ffmpeg'), FFPROBE_PATH: join(folder, 'ffprobe') };
  expect([ownBuild(1000, folder), ownBuild(0, folder)]).toEqual([paths, paths]);
});

test('in a folder that nobody may enter, a fleet of root cannot run them', async () => {
  await chmod(home, 0o700);
  expect(ownBuild(0, folder)).toBeUndefined();
  expect(ownBuild(1000, folder)).toBeDefined();
});
