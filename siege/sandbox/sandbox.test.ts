/** What a decoder that was taken over can do: nothing, or where a kernel grants us less, what SECURITY.md says. */
import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { chmod, copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildLauncher } from '@wavefleet/localstack/launcher-build.ts';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Attempts, attempts } from './attempts.ts';
import { inOneLine } from './table.ts';

const uid = process.getuid?.();
const main = join(import.meta.dirname, 'main.ts');
let folder: string;
let launcher: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wavefleet-sandbox-test-'));
  await chmod(folder, 0o755);
  launcher = await buildLauncher(join(folder, 'launch'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const granted = ({ attempts }: Attempts): string[] =>
  attempts.flatMap(({ name, refused }) => (refused ? [] : [name]));

/** The same by a process of a user who is nobody. */
async function asUser(...behind: string[]): Promise<string> {
  const nobody = ['--reuid', '65533', '--regid', '65533', '--clear-groups', '--'];
  const command = [...(uid === 0 ? ['setpriv', ...nobody] : []), ...behind, main, launcher];
  const { stdout } = await execa('env', command, { reject: false, env: { NODE_COMPILE_CACHE: '' } });
  return stdout;
}

test('in the launcher, as whoever runs this: nothing is granted', async () => {
  const found = await attempts({ uid, launcher });
  expect(granted(found)).toEqual([]);
  expect(found.attempts.length).toBeGreaterThan(110);
});

test('in the launcher, as a user: nothing is granted', async () => {
  const said = await asUser(process.execPath);
  expect(said.split('\n').filter((line) => line.startsWith('GRANTED'))).toEqual([]);
  expect(said).toMatch(/^sandbox (\d+)\/\1 attempts refused$/m);
});

test('the kernel takes it for work in batches, whose threads do not interrupt each other', async () => {
  const sleep = realpathSync('/usr/bin/sleep');
  const child = spawn(launcher, ['--', sleep, '60'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  try {
    // Behind the name, which may have spaces in it, the policy is the 39th figure (proc_pid_stat(5)).
    const statOf = async () => (await readFile(`/proc/${child.pid}/stat`, 'utf8')).split(/[()]/);
    await expect.poll(async () => (await statOf())[1]).toBe('sleep');
    const SCHED_BATCH = 3;
    expect((await statOf())[2]?.trim().split(' ')[38]).toBe(String(SCHED_BATCH));
  } finally {
    child.kill('SIGKILL');
  }
});

/** What one uid has is open to all its processes, where nothing but the filter of system calls keeps them apart. */
const openWithinOneUid = [
  'read: /etc/passwd',
  'read: a file of the fleet',
  "read: another attempt's source",
  "read: another attempt's source, by its process",
  "read: another attempt's memory",
  "read: another attempt's command",
  'read: connections of the machine',
  'read: by way of /proc/self/root',
  'write: /tmp',
  "write: beside another attempt's source",
  'write: /dev/shm',
  'write: a file of the fleet',
  "write: another attempt's source",
  '5,000 threads',
];

test.runIf(uid === 0)(
  'on a kernel without Landlock and namespaces, as on Fargate: files of the uid, and nothing of the worker’s secrets',
  async () => {
    const oldKernel = join(folder, 'old-kernel');
    await execa('cc', ['-o', oldKernel, join(import.meta.dirname, 'old-kernel.c')]);
    // As in the image: a worker whose program may be run and not read.
    const node = join(folder, 'node');
    await copyFile(process.execPath, node);
    await chmod(node, 0o711);
    const said = await asUser(oldKernel, node);
    const grantedThere = said.split('\n').flatMap((line) => /^GRANTED {2}(.*)$/.exec(line)?.[1] ?? []);
    expect(grantedThere).toEqual(openWithinOneUid);
  },
);

test('by the tools of the system much is granted, so the table can tell', async () => {
  const found = await attempts({ uid, launcher: 'none' });
  expect(granted(found)).toEqual(
    expect.arrayContaining(['socket: IPv4', 'a process: fork', 'another program', 'read: /etc/passwd']),
  );
  expect(inOneLine(found.attempts)).not.toMatch(/ (\d+)\/\1 /);
});
