/** Programs that are missing: installed where that needs no question, else named. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensurePrograms, findProgram } from './system-programs.ts';

let path: string;
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'programs-'));
});
afterEach(() => rm(path, { recursive: true }));

async function addProgram(name: string): Promise<void> {
  await writeFile(join(path, name), '#!/bin/sh\n');
  await chmod(join(path, name), 0o755);
}
const unused = () => {
  throw new Error('nothing may be run or said');
};

test('finds what is there and runs nothing', async () => {
  await addProgram('ffmpeg');
  expect(findProgram('ffmpeg', `/nowhere:${path}`)).toBe(join(path, 'ffmpeg'));
  ensurePrograms(['ffmpeg'], { path, isRoot: true, say: unused, run: unused });
});

test('root on Debian: says one line and installs', async () => {
  await addProgram('apt-get');
  await addProgram('ffprobe');
  const said: string[] = [];
  const ran: string[] = [];
  const run = (command: string, args: string[]) => ran.push([command, ...args].join(' ')) > 0;
  const system = { path, isRoot: true, say: (line: string) => void said.push(line), run };
  expect(() => ensurePrograms(['ffmpeg', 'ffprobe', 'redis-server'], system)).toThrow(
    'sudo apt-get install -y --no-install-recommends ffmpeg redis-server',
  );
  expect(said).toEqual(['Installing ffmpeg, redis-server with apt-get (missing: ffmpeg, redis-server).']);
  expect(ran.at(-1)).toContain('apt-get -qq install -y --no-install-recommends ffmpeg redis-server');
});

test.each([
  ['apt-get', 'sudo apt-get install -y --no-install-recommends redis-server'],
  ['dnf', 'sudo dnf install -y redis'],
  ['pacman', 'sudo pacman -S --needed redis'],
  ['brew', 'brew install redis'],
  ['none', "with your system's package manager"],
])('without root, %s: names the command and changes nothing', async (manager, command) => {
  await addProgram(manager);
  const system = { path, isRoot: false, say: unused, run: unused };
  expect(() => ensurePrograms(['redis-server'], system)).toThrow(command);
});
