/** What is left of the memory, by the files in which Linux says so. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freeMemoryBytes } from './memory.ts';

const MIB = 1024 ** 2;

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'wavefleet-memory-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function given(files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
}

const machine = { 'proc/meminfo': 'MemTotal: 4096000 kB\nMemFree: 1024 kB\nMemAvailable: 2048000 kB\n' };

test('without a container it is what the machine has left', async () => {
  await given(machine);
  expect(await freeMemoryBytes(root)).toBe(2_048_000 * 1024);
});

test('in a container its limit counts, and the page cache that can be given back does not', async () => {
  await given({
    ...machine,
    'sys/fs/cgroup/memory.max': `${256 * MIB}\n`,
    'sys/fs/cgroup/memory.current': `${250 * MIB}\n`,
    'sys/fs/cgroup/memory.stat': `anon ${100 * MIB}\nfile ${140 * MIB}\ninactive_file ${140 * MIB}\n`,
  });
  expect(await freeMemoryBytes(root)).toBe(146 * MIB);
});

test('a group of the older kind counts as well', async () => {
  await given({
    ...machine,
    'sys/fs/cgroup/memory/memory.limit_in_bytes': `${512 * MIB}\n`,
    'sys/fs/cgroup/memory/memory.usage_in_bytes': `${500 * MIB}\n`,
    'sys/fs/cgroup/memory/memory.stat': `cache 1\ntotal_inactive_file ${20 * MIB}\n`,
  });
  expect(await freeMemoryBytes(root)).toBe(32 * MIB);
});

test.each([
  ['max', 'memory.max', 'memory.current'],
  ['9223372036854771712', 'memory/memory.limit_in_bytes', 'memory/memory.usage_in_bytes'],
])('a group whose limit is %s has none', async (limit, limitFile, usageFile) => {
  await given({
    ...machine,
    [`sys/fs/cgroup/${limitFile}`]: `${limit}\n`,
    [`sys/fs/cgroup/${usageFile}`]: '1000\n',
  });
  expect(await freeMemoryBytes(root)).toBe(2_048_000 * 1024);
});

test('a system that does not tell is not judged', async () => {
  expect(await freeMemoryBytes(root)).toBeNull();
});
