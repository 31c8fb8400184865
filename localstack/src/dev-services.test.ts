/** `npm run dev:services` where it cannot work: one line that says what to do. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';

let bin: string;

beforeEach(async () => {
  bin = await mkdtemp(join(tmpdir(), 'wavefleet-bin-'));
});
afterEach(async () => {
  await rm(bin, { recursive: true, force: true });
});

/** The script on a machine whose PATH holds what the test put into `bin`. */
async function devServices(...args: string[]) {
  const script = join(import.meta.dirname, 'dev-services.ts');
  const { stdout, stderr, exitCode } = await execa(process.execPath, [script, ...args], {
    env: { PATH: bin },
    extendEnv: false,
    reject: false,
  });
  return { stdout, stderr, exitCode };
}

/** @param script what a machine's `docker` does. */
async function installDocker(script: string): Promise<void> {
  await writeFile(join(bin, 'docker'), `#!/bin/sh\n${script}\n`);
  await chmod(join(bin, 'docker'), 0o755);
}

test.each(['up', 'down'])('%s without Docker: one line that says what to do', async (verb) => {
  expect(await devServices(verb)).toEqual({
    stdout: '',
    stderr:
      'dev:services: Docker is not installed: install it with its Compose plugin, or use `npm start`, which needs neither',
    exitCode: 1,
  });
});

test('with a Docker that does not run: one line with its own reason', async () => {
  await installDocker('echo "Cannot connect to the Docker daemon" >&2; exit 1');
  expect(await devServices('up')).toEqual({
    stdout: '',
    stderr:
      'dev:services: Docker does not answer: start it and try again (Cannot connect to the Docker daemon)',
    exitCode: 1,
  });
});

test('with a Docker without Compose: one line that names the plugin', async () => {
  await installDocker('[ "$1" = info ] || exit 1; echo 28.0.0');
  const { stderr, exitCode } = await devServices('up');
  expect(stderr).toBe(
    'dev:services: Docker has no Compose plugin: install docker-compose-plugin (or docker-compose-v2)',
  );
  expect(exitCode).toBe(1);
});

test('with a verb that it does not know', async () => {
  expect((await devServices('sideways')).stderr).toBe('dev:services: say `up` or `down`');
});
