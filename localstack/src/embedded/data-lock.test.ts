/** Who may have a data folder, and for how long. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DataInUse, lockData } from './data-lock.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'wavefleet-lock-'));
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

/** Another process that has the folder until it is killed. */
async function holder() {
  const file = join(import.meta.dirname, 'data-lock.ts');
  const text = `import { lockData } from ${JSON.stringify(file)}; await lockData(${JSON.stringify(dir)}); console.log('held'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', text], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

test('a folder that another process has is refused', async () => {
  const other = await holder();
  await expect(lockData(dir, 0)).rejects.toThrow(DataInUse);
  other.kill('SIGKILL');
  await once(other, 'exit');
});

test('a killed process leaves no lock, and one that ends meanwhile is waited for', async () => {
  const other = await holder();
  const waits = lockData(dir, 5_000);
  other.kill('SIGKILL');
  const free = await waits;
  await expect(lockData(dir, 0)).rejects.toThrow(DataInUse);
  await free();
  await (await lockData(dir, 0))();
});

test('a lock that a power loss has damaged is made anew', async () => {
  await (await lockData(dir, 0))();
  await truncate(join(dir, 'lock', 'CURRENT'));
  const free = await lockData(dir, 0);
  await expect(lockData(dir, 0)).rejects.toThrow(DataInUse);
  await free();
});
