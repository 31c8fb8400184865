/** Where the build takes its sources from. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';

const build = join(import.meta.dirname, 'build.sh');

test('no address stands in it: where sources are is for the machine to say', async () => {
  for (const file of ['build.sh', 'sources.txt'])
    expect(await readFile(join(import.meta.dirname, file), 'utf8')).not.toMatch(/\w+:\/\/|\.(org|com|net)\b/);
});

test('where nothing says it, the build does, and begins nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'wavefleet-build-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  // An apt without sources, as on systems that are not of Debian's family.
  await writeFile(join(folder, 'apt-get'), '#!/bin/sh\nexit 100\n', { mode: 0o755 });
  const { exitCode, stderr } = await execa(build, [join(folder, 'out')], {
    env: { PATH: `${folder}:${process.env.PATH}`, DEBIAN_MIRRORS: '' },
    reject: false,
  });
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(
    /^Nothing says where Debian's sources are: apt knows no mirror here\. Name mirrors in DEBIAN_MIRRORS, .*\.$/,
  );
});

test('a node that cannot say what goes in ends the build before it begins: it would build all of FFmpeg', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'wavefleet-build-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const tool of ['gcc', 'make', 'nasm', 'cmake', 'pkg-config', 'curl', 'xz', 'patch', 'node'])
    await writeFile(join(folder, tool), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  const { exitCode, stderr } = await execa(build, [join(folder, 'out')], {
    env: { PATH: `${folder}:${process.env.PATH}`, DEBIAN_MIRRORS: '/nowhere' },
    reject: false,
  });
  expect(exitCode).toBe(2);
  expect(stderr).toBe('node could not say what goes in, see above: it has to be 24 or newer.');
});
