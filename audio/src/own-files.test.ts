/** Our files in a folder that is not ours alone. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openOwnFile, writeOwnFile } from './own-files.ts';

let dir: string;
const at = (name: string) => join(dir, name);
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'own-files-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test('a file is written in place of an older one, and read', async () => {
  await writeOwnFile(at('x'), 'a long text');
  await writeOwnFile(at('x'), 'short');
  const file = await openOwnFile(at('x'));
  expect(await file?.readFile('utf8')).toBe('short');
  await file?.close();
});

test('what is not there is no error', async () => {
  expect(await openOwnFile(at('nothing'))).toBeUndefined();
});

test('a link is neither read nor written through', async () => {
  await writeFile(at('secret'), 'secret');
  await symlink(at('secret'), at('link'));
  await expect(openOwnFile(at('link'))).rejects.toMatchObject({ code: 'CONVERSION_FAILED' });
  await expect(writeOwnFile(at('link'), 'x')).rejects.toMatchObject({ code: 'CONVERSION_FAILED' });
  expect(await readFile(at('secret'), 'utf8')).toBe('secret');
});

test('a pipe that nobody reads is not waited for', async () => {
  execFileSync('sh', ['-c', 'mkfifo pipe'], { cwd: dir });
  await expect(writeOwnFile(at('pipe'), 'x')).rejects.toMatchObject({ code: 'CONVERSION_FAILED' });
});
