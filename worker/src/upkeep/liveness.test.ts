/** The sign of life, read as the container's health check reads it. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeLog } from '@wavefleet/platform/log/log.ts';
import { recordedLog } from '@wavefleet/platform/log/recorded-log.testing.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startLiveness } from './liveness.ts';

const silent = makeLog('test', 'silent');
const longAgo = new Date('2001-02-03');
let dir: string;
let file: string;
let stop: () => void = () => undefined;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'wavefleet-liveness-'));
  file = join(dir, 'alive');
});
afterEach(async () => {
  stop();
  await rm(dir, { recursive: true, force: true });
});

/** The very script that the image runs. */
async function healthy(): Promise<boolean> {
  const script = join(import.meta.dirname, '..', '..', 'health-check.sh');
  const env = { ...process.env, LIVENESS_FILE: file };
  return await promisify(execFile)(script, { env }).then(
    () => true,
    () => false,
  );
}

const touched = () => expect.poll(async () => (await stat(file)).mtime > longAgo);

test('healthy once it runs, and again after every touch; not healthy when the touches end', async () => {
  expect(await healthy()).toBe(false);
  stop = startLiveness(file, silent, 20);
  await expect.poll(healthy).toBe(true);
  await utimes(file, longAgo, longAgo);
  await touched().toBe(true);

  stop();
  // A touch that was under way may still land.
  await expect
    .poll(async () => {
      await utimes(file, longAgo, longAgo);
      return await healthy();
    })
    .toBe(false);
});

test('a file that somebody removed comes back', async () => {
  stop = startLiveness(file, silent, 20);
  await expect.poll(healthy).toBe(true);
  await rm(file);
  await expect.poll(healthy).toBe(true);
});

test('a folder that is away is logged once, and costs nothing when it is back', async () => {
  const { log, said } = recordedLog();
  await rm(dir, { recursive: true });
  stop = startLiveness(file, log, 5);
  await expect.poll(() => said.length).toBe(1);
  await mkdir(dir);
  await expect.poll(healthy).toBe(true);
  expect(said.map(({ event }) => event)).toEqual(['worker.not-alive']);
});

test('without a file nothing is written', async () => {
  stop = startLiveness(undefined, { say: () => expect.unreachable() }, 1);
  expect(await healthy()).toBe(false);
});
