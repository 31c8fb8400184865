/** Log files of processes that say much, on disks that take little. */
import { once } from 'node:events';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Child } from './child.ts';
import { LogFile } from './log-file.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'wavefleet-log-file-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

test('what a process says is appended, and beyond its size a file begins anew beside the one before', async () => {
  const path = join(dir, 'api.log');
  await writeFile(path, 'of the start before\n');
  const log = new LogFile(path, 30);
  for (const line of ['first\n', 'second\n', 'third\n', 'fourth\n']) {
    await new Promise<void>((resolve) => log.write(line, () => resolve()));
  }
  log.end();
  await once(log, 'finish');
  expect(await readFile(`${path}.1`, 'utf8')).toBe('of the start before\nfirst\nsecond\n');
  expect(await readFile(path, 'utf8')).toBe('third\nfourth\n');
});

test('a process goes on when the disk takes nothing of what it says, and is heard again once it does', async () => {
  const path = join(dir, 'chatty.log');
  const entry = join(dir, 'chatty.mjs');
  // More than a pipe and two streams hold.
  await writeFile(
    entry,
    `process.send({});
    for (let line = 0; line < 100; line += 1) process.stdout.write('x'.repeat(9_999) + '\\n');
    process.once('message', () => process.stdout.write('again\\n', () => process.disconnect()));
    process.stdout.write('', () => process.send({ said: true }));`,
  );
  await symlink('/dev/full', path);
  const child = new Child({ name: 'chatty', entry, env: {}, logFile: path });
  await child.ready;
  await once(child.process, 'message');
  await rm(path);
  child.process.send('go on');
  expect(await child.ended).toBe(0);
  await expect.poll(() => readFile(path, 'utf8').catch(() => '')).toMatch(/again\n$/);
});
