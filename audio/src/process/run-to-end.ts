/** A program of the sandbox, tried once at start. */
import { spawnSync } from 'node:child_process';

/** How it ended. */
interface Ended {
  readonly ok: boolean;
  readonly stdout: string;
}
/** Runs a command line to its end. */
export type Run = (file: string, args: readonly string[]) => Ended;

/** With nothing on stdin, at most 10 s. */
export const runToEnd: Run = (file, args) => {
  const { status, stdout } = spawnSync(file, args, {
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 10_000,
    encoding: 'utf8',
    maxBuffer: 1024 * 1024,
  });
  return { ok: status === 0, stdout: stdout ?? '' };
};
