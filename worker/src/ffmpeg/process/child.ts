/** One child process: started in the sandbox, watched, and gone when the promise settles. */
import { setInterval } from 'node:timers';
import type { Log } from '@wavefleet/platform/log/log.ts';
import { execa } from 'execa';
import { ChildLog, type ConvertedInput } from './child-log.ts';
import type { ResourceLimits, Sandbox } from './sandbox.ts';

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
  /** Bytes of stdout to keep; the child is killed when it writes more. Default 0: stdout is closed. */
  readonly stdoutBytes?: number;
  /** Told the process id of the child, once it runs. */
  readonly onStart?: (pid: number) => void;
  /** Gets what the child writes on file descriptor 3, and on stderr: hostile text, cut anywhere. */
  readonly onPipe3?: (chunk: string) => void;
  readonly onStderr?: (chunk: string) => void;
  /** Asked every half second: a reason kills the child. */
  readonly mustEnd?: () => 'stall' | 'output-size' | undefined;
  /** What is converted, for the log. Default: the child is a helper, and told at `debug` alone. */
  readonly input?: ConvertedInput;
}

/** How a child ended. Not judged here; see `failure-of-exit.ts`. */
export interface ChildEnd {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly killedFor: 'total-time' | 'stall' | 'output-size' | 'stdout-size' | undefined;
  readonly stdout: string;
  /** The last 64 KB, for the log and for pattern matching only: hostile text. */
  readonly stderr: string;
  /** The operating system could not start it at all. */
  readonly startError: Error | undefined;
}

/**
 * Runs one sandboxed child to its end. Kills are SIGKILL at once: a half-written result is thrown away, so
 * there is nothing that FFmpeg should finish first. Throws only the abort reason of the place's signal, and only
 * after the child is gone.
 */
export async function runChild(place: ChildPlace, options: ChildOptions): Promise<ChildEnd> {
  const { cwd, sandbox, signal } = place;
  const told = new ChildLog(place.log, options.binary, options.input);
  signal.throwIfAborted();
  const command = sandbox.command(options.binary, options.args, options.limits);
  const child = execa(command.file, command.args, {
    cwd,
    env: command.env,
    extendEnv: false,
    stdio: ['ignore', options.stdoutBytes ? 'pipe' : 'ignore', 'pipe', options.onPipe3 ? 'pipe' : 'ignore'],
    buffer: false,
    reject: false,
    killSignal: 'SIGKILL',
  });

  if (child.pid !== undefined) told.started(child.pid, options.args, options.totalSeconds);

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
    const reason = performance.now() > deadline ? 'total-time' : options.mustEnd?.();
    if (reason !== undefined) killFor(reason);
  }, WATCH_INTERVAL_MS);

  const stderr = makeRing(STDERR_RING_BYTES);
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr.push(chunk);
    told.stderr(chunk);
    options.onStderr?.(chunk.toString('utf8'));
  });
  if (child.pid !== undefined) options.onStart?.(child.pid);
  const stdout: Buffer[] = [];
  let stdoutSize = 0;
  child.stdout?.on('data', (chunk: Buffer) => {
    stdoutSize += chunk.length;
    if (stdoutSize > (options.stdoutBytes ?? 0)) killFor('stdout-size');
    else stdout.push(chunk);
  });
  const pipe3 = child.stdio[3];
  if (options.onPipe3 && pipe3)
    pipe3.on('data', (chunk: Buffer) => options.onPipe3?.(chunk.toString('latin1')));

  try {
    const end = await child;
    const isAborted = signal.aborted && end.exitCode !== 0;
    const started = end.exitCode !== undefined || end.signal !== undefined;
    const { exitCode, signal: endSignal } = end;
    const how = { exitCode, signal: endSignal, stderr: stderr.text() };
    if (started) told.ended({ ...how, killedFor: isAborted ? 'abort' : killedFor });
    else told.notStarted(end.cause);
    if (isAborted) throw abortReason(signal);
    return {
      ...how,
      killedFor,
      stdout: Buffer.concat(stdout).toString('utf8'),
      startError: started ? undefined : new Error('could not start the child', { cause: end.cause }),
    };
  } finally {
    clearInterval(watch);
    signal.removeEventListener('abort', onAbort);
  }
}

function abortReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('aborted', { cause: signal.reason });
}

/** Keeps the last `limit` bytes of a stream, in at most twice as much memory. */
function makeRing(limit: number): { push: (chunk: Buffer) => void; text: () => string } {
  let chunks: Buffer[] = [];
  let size = 0;
  const compact = (): void => {
    const last = Buffer.concat(chunks).subarray(-limit);
    chunks = [last];
    size = last.length;
  };
  return {
    push: (chunk) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > 2 * limit) compact();
    },
    text: () => {
      compact();
      return chunks[0]?.toString('utf8') ?? '';
    },
  };
}
