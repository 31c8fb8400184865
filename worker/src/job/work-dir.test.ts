/** Whose folders a starting worker removes: those of the dead, with real processes and real folders. */
import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { jobFilesBelow, WorkDir } from './work-dir.ts';

let root: string;
const neighbours: ChildProcess[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'wavefleet-work-'));
});
afterEach(async () => {
  await Promise.all(neighbours.splice(0).map((each) => kill(each)));
  await rm(root, { recursive: true, force: true });
});

async function startNeighbour(jobId: string): Promise<{ process: ChildProcess; folder: string }> {
  const child = fork(join(import.meta.dirname, 'work-dir.testing.ts'), [root, jobId], { execArgv: [] });
  neighbours.push(child);
  const [folder] = await once(child, 'message');
  return { process: child, folder: String(folder) };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'close');
  child.kill('SIGKILL');
  await ended;
}

test('a second worker leaves the folder of a living one alone, and removes it once that one was killed', async () => {
  const jobId = randomUUID();
  const neighbour = await startNeighbour(jobId);
  const second = await WorkDir.open(root);
  expect(second.abandoned).toEqual([]);
  expect(await readFile(join(neighbour.folder, 'in'), 'utf8')).toBe('the source');

  await kill(neighbour.process);
  const third = await WorkDir.open(root);
  expect(third.abandoned).toEqual([jobId]);
  expect(await jobFilesBelow(root)).toEqual([]);
  await Promise.all([second.close(), third.close()]);
  expect(await readdir(root)).toEqual([]);
});

test('a frozen worker is not a dead one', async () => {
  const neighbour = await startNeighbour(randomUUID());
  neighbour.process.kill('SIGSTOP');
  const second = await WorkDir.open(root);
  expect(second.abandoned).toEqual([]);
  expect(await readdir(neighbour.folder)).toEqual(['in']);
  await second.close();
});

test('what is not of our naming stays, whatever WORK_DIR points at', async () => {
  const foreign = ['photos', `${randomUUID()}.1`, `${randomUUID()}.1.Zq3_yz`, 'worker', '.hidden'];
  for (const name of foreign) {
    await mkdir(join(root, name));
    await writeFile(join(root, name, 'file'), 'mine');
  }
  await writeFile(join(root, 'notes.txt'), 'mine');
  const workDir = await WorkDir.open(root);
  expect(workDir.abandoned).toEqual([]);
  await workDir.close();
  expect(await readdir(root)).toEqual([...foreign, 'notes.txt'].sort());
});

test("an attempt's folder is empty, its owner's alone, and named for the job", async () => {
  const workDir = await WorkDir.open(join(root, 'new', 'work'));
  const jobId = randomUUID();
  const folder = await workDir.makeFolder(jobId, 3);
  expect(basename(folder)).toMatch(new RegExp(`^${jobId}\\.3\\.[0-9a-f]{8}$`));
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect(await readdir(folder)).toEqual([]);
  await rm(folder, { recursive: true });
  await workDir.close();
});

test('a path that is too long for a socket is said in words', async () => {
  const deep = join(root, 'd'.repeat(100));
  await expect(WorkDir.open(deep)).rejects.toThrow(
    `WORK_DIR is too long a path, choose a shorter one: ${deep}`,
  );
});
