/** One child process: started in the sandbox, watched, and gone when the promise settles. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { setInterval } from 'node:timers';
import type { Log } from '@wavefleet/platform/log/log.ts';
import type { ResourceLimits } from './bounds.ts';
import { ChildLog, type ConvertedInput } from './child-log.ts';
import type { Sandbox } from './sandbox.ts';
import { TextRing } from './text-ring.ts';

/** Bytes of stderr that are kept: the last ones, where FFmpeg says why it gave up. */
const STDERR_RING_BYTES = 64 * 1024;
/** How often the time limits are looked at. */
const WATCH_INTERVAL_MS = 500;

/** Where a child runs, and until when. */
export interface ChildPlace {
  /** The attempt's folder. */
  readonly cwd: string;
  readonly sandbox: Sandbox;
  /** Its abort kills the child. */
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** One command with its limits. */
export interface ChildOptions {
  readonly binary: string;
  readonly args: readonly string[];
  readonly limits: ResourceLimits;
  /** Wall seconds after which the child is killed. */
  readonly totalSeconds: number;
  /**
   * Bytes of stdout to keep; the child is killed when it writes more. `hand-over` leaves it to whoever takes the
   * stream. Default 0: stdout is closed.
   */
  readonly stdoutBytes?: number | 'hand-over';
  /**
   * The stdout of another child: the kernel moves the bytes, we never see them. `hand-over` leaves it to whoever takes the
   * stream to write there. Default: stdin is closed.
   */
  readonly stdin?: Readable | 'hand-over';
  /** Milliseconds for which others have kept the child waiting: they do not count as its own. Default: none. */
  readonly waitedMs?: () => number;
  /** Told the process id of the child, once it runs. */
  readonly onStart?: (pid: number) => void;
  /** Gets what the child writes on file descriptor 3, and on stderr: hostile text, cut anywhere. */
  readonly onPipe3?: (chunk: string) => void;
  readonly onStderr?: (chunk: string) => void;
  /** Asked every half second: a reason kills the child. */
  readonly mustEnd?: () => 'stall' | 'output-size' | 'output-time' | undefined;
  /** What is converted, for the log. Default: the child is a helper, and told at `debug` alone. */
  readonly input?: ConvertedInput;
}

/** How a child ended. Not judged here; see `failure-of-exit.ts`. */
export interface ChildEnd {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly killedFor: 'total-time' | 'stall' | 'output-size' | 'output-time' | 'stdout-size' | undefined;
  /** As it came: what a file's text is encoded in, nobody knows. */
  readonly stdout: Buffer;
  /** The last 64 KB, for the log and for pattern matching only: hostile text. */
  readonly stderr: string;
  /** The operating system could not start it at all. */
  readonly startError: Error | undefined;
}

/** A child at work. */
export interface RunningChild {
  /** There when its stdout is handed over; unread. */
  readonly stdout: Readable | null;
  /** There when its stdin is handed over. An error of it says only that the child reads no more. */
  readonly stdin: Writable | null;
  /** Settles when the child is gone. Rejects with the abort reason of the place's signal alone. */
  readonly ended: Promise<ChildEnd>;
  /** SIGKILL, since nobody needs it any more. */
  kill(): void;
}

/**
 * Runs one sandboxed child to its end. Throws only the abort reason of the place's signal, and only after the child is
 * gone.
 */
export async function runChild(place: ChildPlace, options: ChildOptions): Promise<ChildEnd> {
  place.signal.throwIfAborted();
  return await startChild(place, options).ended;
}

/**
 * Starts one sandboxed child. Kills are SIGKILL at once: a half-written result is thrown away, so there is nothing that
 * FFmpeg should finish first. Whoever starts must wait for `ended`.
 *
 * Node's own `spawn`, since the libraries around it copy what goes from one child to another through this process.
 */
export function startChild(place: ChildPlace, options: ChildOptions): RunningChild {
  const { cwd, sandbox, signal } = place;
  const told = new ChildLog(place.log, options.binary, options.input);
  const command = sandbox.command(options.binary, options.args, options.limits, cwd);
  const child = spawn(command.file, command.args, {
    cwd,
    env: command.env,
    stdio: [
      options.stdin === 'hand-over' ? 'pipe' : (options.stdin ?? 'ignore'),
      options.stdoutBytes ? 'pipe' : 'ignore',
      'pipe',
      options.onPipe3 ? 'pipe' : 'ignore',
    ],
  });
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  if (child.pid !== undefined) {
    told.started(child.pid, options.args, options.totalSeconds);
    options.onStart?.(child.pid);
  }
  child.stdin?.on('error', () => undefined);
  return {
    stdout: child.pid === undefined ? null : child.stdout,
    stdin: child.pid === undefined ? null : child.stdin,
    kill,
    ended: watched(child, signal, told, options),
  };
}

/** Reads what the child says, holds it to its limits, and tells how it ended. */
async function watched(
  child: ChildProcess,
  signal: AbortSignal,
  told: ChildLog,
  options: ChildOptions,
): Promise<ChildEnd> {
  // First of all: an error that nobody listens to would end this process.
  const ending = endOf(child);
  let killedFor: ChildEnd['killedFor'];
  const killFor = (reason: NonNullable<ChildEnd['killedFor']>): void => {
    killedFor ??= reason;
    child.kill('SIGKILL');
  };
  const onAbort = (): void => {
    child.kill('SIGKILL');
  };
  signal.addEventListener('abort', onAbort, { once: true });

  const deadline = performance.now() + options.totalSeconds * 1000;
  const watch = setInterval(() => {
    const waitedMs = options.waitedMs?.() ?? 0;
    const reason = performance.now() > deadline + waitedMs ? 'total-time' : options.mustEnd?.();
    if (reason !== undefined) killFor(reason);
  }, WATCH_INTERVAL_MS);

  const stderr = new TextRing(STDERR_RING_BYTES);
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr.push(chunk);
    told.stderr(chunk);
    options.onStderr?.(chunk.toString('utf8'));
  });
  const stdout: Buffer[] = [];
  const { stdoutBytes = 0 } = options;
  if (stdoutBytes !== 'hand-over') {
    let stdoutSize = 0;
    child.stdout?.on('data', (chunk: Buffer) => {
      stdoutSize += chunk.length;
      if (stdoutSize > stdoutBytes) killFor('stdout-size');
      else stdout.push(chunk);
    });
  }
  // Where there was no descriptor left for them, a child has no streams at all, whatever its type says.
  child.stdio?.[3]?.on('data', (chunk: Buffer) => options.onPipe3?.(chunk.toString('latin1')));

  try {
    const { exitCode, endSignal, startError } = await ending;
    const isAborted = signal.aborted && exitCode !== 0;
    const how = { exitCode, signal: endSignal, stderr: stderr.text() };
    if (startError === undefined) told.ended({ ...how, killedFor: isAborted ? 'abort' : killedFor });
    else told.notStarted(startError.cause);
    if (isAborted) throw abortReason(signal);
    return { ...how, killedFor, stdout: Buffer.concat(stdout), startError };
  } finally {
    clearInterval(watch);
    signal.removeEventListener('abort', onAbort);
  }
}

interface End {
  readonly exitCode: number | undefined;
  readonly endSignal: NodeJS.Signals | undefined;
  readonly startError: Error | undefined;
}

/** Resolves when the child is gone and everything that it said was read. */
function endOf(child: ChildProcess): Promise<End> {
  return new Promise((resolve) => {
    child.once('error', (cause) => {
      // Also said of a signal that could not be sent: then the child has started, and its end comes.
      if (child.pid !== undefined) return;
      const startError = new Error('could not start the child', { cause });
      resolve({ exitCode: undefined, endSignal: undefined, startError });
    });
    child.once('close', (code, endSignal) => {
      resolve({ exitCode: code ?? undefined, endSignal: endSignal ?? undefined, startError: undefined });
    });
  });
}

function abortReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('aborted', { cause: signal.reason });
}
