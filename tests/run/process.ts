/** Parts of `npm test` as processes: one that the user reads along, and ones that give way to it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

const root = join(import.meta.dirname, '..', '..');

/** Of a process that only computes. What waits for clocks of seconds beside it gets the processor when it wants it. */
const GIVES_WAY = ['nice', '-n', '19'];

/** Runs a command, whose output is the user's to read along. @param env default: ours. @returns whether it succeeded. */
export async function runAlong(command: readonly string[], env?: NodeJS.ProcessEnv): Promise<boolean> {
  return await run(command, 'inherit', env);
}

/**
 * Runs a command that gives way to all others. What it says is shown in one piece once it is over.
 * @param saysInto a file that is not there, for what it says meanwhile.
 * @returns whether it succeeded.
 */
export async function runBehind(command: readonly string[], saysInto: string): Promise<boolean> {
  const said = await open(saysInto, 'wx');
  try {
    return await run([...GIVES_WAY, ...command], said.fd);
  } finally {
    await said.close();
    await pipeline(createReadStream(saysInto), process.stdout, { end: false });
    await rm(saysInto);
  }
}

async function run(
  [file = '', ...args]: readonly string[],
  output: 'inherit' | number,
  env: NodeJS.ProcessEnv = process.env,
): Promise<boolean> {
  const [code] = await once(
    spawn(file, args, { cwd: root, env, stdio: ['inherit', output, output] }),
    'exit',
  );
  return code === 0;
}

/** @returns seconds since that moment of `performance.now()`. */
export const secondsSince = (startedAtMs: number): number => (performance.now() - startedAtMs) / 1000;
