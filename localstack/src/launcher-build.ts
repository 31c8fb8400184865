/** The launcher that holds FFmpeg in (`audio/sandbox`): built where there is a compiler, when it is missing or old. */
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ownLauncher } from '@wavefleet/audio/own-build.ts';
import { execa } from 'execa';

const root = join(import.meta.dirname, '..', '..');
const script = join(root, 'audio', 'sandbox', 'build.sh');
const source = join(root, 'audio', 'sandbox', 'launch.c');
/** Where `ownLauncher` looks for it. */
const usual = join(root, '.ffmpeg', 'launch');

/** Builds it, in less than a second. @returns its path. @throws Error with what the compiler said. */
export async function buildLauncher(file: string): Promise<string> {
  await execa(script, [file], { timeout: 60_000 });
  return file;
}

/**
 * Sees to it that this checkout has one, if that is to be had: on Linux with a compiler. Without it the fleet runs all the
 * same, with less to hold FFmpeg in, and says so in its log and in `/api/health`.
 * @param say one line for the user.
 */
export function ensureLauncher(say: (line: string) => void): void {
  if (process.platform !== 'linux' || isNewer(usual, source)) return;
  const { status, error, stderr } = spawnSync(script, [usual], { encoding: 'utf8', timeout: 20_000 });
  if (status === 0) return;
  const why = error?.message ?? stderr.trim().split('\n')[0] ?? '';
  const left =
    ownLauncher().SANDBOX_LAUNCHER === undefined ? 'FFmpeg runs with less around it' : 'an older one is used';
  say(`wavefleet: the launcher of the sandbox could not be built, ${left} (SECURITY.md): ${why}`);
}

function isNewer(file: string, than: string): boolean {
  return existsSync(file) && statSync(file).mtimeMs >= statSync(than).mtimeMs;
}
