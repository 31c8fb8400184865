/** The embedded stack as a process: one line when it is up, and nothing left when it ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { findProgram } from './system-programs.ts';

const keys = z.object({ accessKeyId: z.string().length(21), secretAccessKey: z.string().length(40) });
const ready = z.object({ endpointUrl: z.url(), redisUrl: z.url(), redisPid: z.int(), keys });
const hasSetpriv = findProgram('setpriv', process.env.PATH) !== undefined;

let folder: string;
let child: ChildProcess;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wavefleet-main-'));
  child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), '--data-dir', folder], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
});
afterEach(async () => {
  child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

/** The ready message, after checking that both servers behind it answer. */
async function start(): Promise<z.infer<typeof ready>> {
  const [message] = await once(child, 'message');
  const up = ready.parse(message);
  const s3 = new S3Client({ endpoint: up.endpointUrl, region: 'us-east-1', credentials: { ...up.keys } });
  expect((await s3.send(new ListBucketsCommand({}))).Buckets).toEqual([]);
  s3.destroy();
  expect(isAlive(up.redisPid)).toBe(true);
  return up;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test.each([
  ['SIGTERM', () => child.kill('SIGTERM')],
  ['SIGINT', () => child.kill('SIGINT')],
  ['the end of its parent', () => child.disconnect()],
])('prints one line, ends cleanly on %s and takes redis along', async (_name, end) => {
  const output = child.stdout === null ? Promise.reject(new Error('no stdout')) : text(child.stdout);
  const message = await start();
  end();
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
  expect(ready.parse(JSON.parse(await output))).toEqual(message);
  expect(isAlive(message.redisPid)).toBe(false);
});

test.runIf(hasSetpriv)('killed, it takes redis along', async () => {
  const { redisUrl } = await start();
  child.kill('SIGKILL');
  await once(child, 'exit');
  // Its port, not its pid: nobody may be there to reap a dead orphan.
  await expect.poll(() => isOpen(new URL(redisUrl))).toBe(false);
});

function isOpen({ hostname, port }: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
