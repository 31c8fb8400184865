/** One conversion by FFmpeg, with its progress watched. */
import { join } from 'node:path';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { type ChildEnd, type ChildOptions, type ChildPlace, runChild, startChild } from './child.ts';
import type { ConvertedInput } from './child-log.ts';
import { endedWell, failureOfExit } from './failure-of-exit.ts';
import { runPair } from './pair.ts';
import { makeProgressParser, type ProgressBlock } from './progress-parser.ts';
import { ReadPosition } from './read-position.ts';
import type { SourceFeed } from './source-feed.ts';
import type { TimeLimits } from './time-limits.ts';

/** Limits of one run; time in wall seconds, see `time-limits.ts`. */
export interface RunLimits extends TimeLimits {
  /** Address space in bytes. FFmpeg itself takes about 0.5 GB of it in 5.1. */
  readonly memoryBytes: number;
  /** The longest result in seconds. */
  readonly outputSeconds: number;
  /** The largest result in bytes. The kernel enforces it where it can, and we look at it where it cannot. */
  readonly outputBytes: number;
}

/** For each thread; CPU seconds beyond this mean something got round the wall clock. */
const CPU_PER_WALL_SECOND = 2;

/** How far a run is. */
interface RunProgress extends ProgressBlock {
  /** Bytes of `source` that FFmpeg has read; null where that cannot be seen. */
  readonly readBytes: number | null;
}

/** One run of FFmpeg, or of two that are joined. */
export interface RunOptions {
  /** The command that writes the result. */
  readonly args: readonly string[];
  /**
   * The command of a process that decodes before it, and writes to its stdin. Default: there is none, and `args` read the
   * source.
   */
  readonly decodeArgs?: readonly string[] | undefined;
  /** With a process that decodes: the result may end before the source does, as after a cut. */
  readonly mayEndEarly?: boolean;
  readonly limits: RunLimits;
  /** What is converted, for the log. Default: this only listens, and is told at `debug` alone. */
  readonly input?: ConvertedInput | undefined;
  /** Name in the folder of the file whose reading is watched. */
  readonly source: string;
  /** What gives `args` their source on stdin. Default: they open it themselves. */
  readonly feed?: SourceFeed | undefined;
  /** Threads that the decoder is allowed. */
  readonly threads: number;
  /** Up to four times a second. Must not throw. */
  readonly onProgress?: ((progress: RunProgress) => void) | undefined;
  /** What FFmpeg says on stderr: hostile text, cut anywhere. Must not throw. */
  readonly onStderr?: ((text: string) => void) | undefined;
}

/** What FFmpeg said of a run that went well. */
export interface RunResult {
  /** Seconds of output that FFmpeg counted; null when it said nothing. */
  readonly outTimeSeconds: number | null;
  /** Whether FFmpeg complained about damaged data although it finished. */
  readonly damaged: boolean;
}

/** The sound changed its shape on the way, which `args` forbade; see `args/encode-args.ts`. Caught by `encode.ts`. */
export class ShapeChanged extends Error {}

/**
 * Runs a conversion. Resolves when FFmpeg exits 0, throws a Failure otherwise, and the abort reason when
 * the place's signal aborts. "No progress" is measured on the wall clock since output time or size last ADVANCED:
 * blocks come from the transcode loop, which may still print them while nothing moves.
 * @throws ShapeChanged
 */
export async function runFfmpeg(
  tools: ChildPlace & { readonly ffmpeg: string },
  options: RunOptions,
): Promise<RunResult> {
  const { limits, decodeArgs, mayEndEarly = false, feed } = options;
  const reading = new ReadPosition(join(tools.cwd, options.source));
  const written = new Advance();
  const decoded = new Advance();
  const common = {
    binary: tools.ffmpeg,
    limits: {
      memoryBytes: limits.memoryBytes,
      fileBytes: limits.outputBytes,
      cpuSeconds: limits.totalSeconds * CPU_PER_WALL_SECOND * options.threads,
    },
    totalSeconds: limits.totalSeconds,
    ...(options.input === undefined ? {} : { input: options.input }),
    ...(options.onStderr === undefined ? {} : { onStderr: options.onStderr }),
  };
  const follow = (pid: number): void => reading.follow(pid);
  const writer = {
    ...common,
    args: options.args,
    onPipe3: makeProgressParser((block) => {
      written.note(block);
      options.onProgress?.({ ...block, readBytes: feed?.fedBytes ?? reading.bytes() });
    }),
    mustEnd: () => {
      if (written.sizeBytes > limits.outputBytes) return 'output-size';
      if ((written.seconds ?? 0) > limits.outputSeconds) return 'output-time';
      // Before the start of a cut only the decoder gets on; without anything to read, nobody does.
      const lastAdvanceMs = Math.max(written.lastMs, decoded.lastMs, feed?.lastWaitMs ?? 0);
      return performance.now() - lastAdvanceMs > limits.stallSeconds * 1000 ? 'stall' : undefined;
    },
  } as const;

  if (decodeArgs === undefined) {
    const alone = { ...writer, onStart: follow };
    const end = await (feed === undefined ? runChild(tools, alone) : runFed(tools, alone, feed));
    if (shapeChange.test(end.stderr)) throw new ShapeChanged();
    if (!endedWell(end)) throw failureOfExit(end, 'convert');
    requireShort(written, limits);
    return { outTimeSeconds: written.seconds, damaged: hasDecodeErrors(end.stderr) };
  }
  const decoder = {
    ...common,
    args: decodeArgs,
    onStart: follow,
    onPipe3: makeProgressParser((block) => decoded.note(block)),
  };
  const { first, second, failed } = await runPair(tools, { first: decoder, second: writer, mayEndEarly });
  if (failed !== undefined) throw failureOfExit(failed, 'convert');
  requireShort(written, limits);
  return {
    outTimeSeconds: written.seconds,
    damaged: hasDecodeErrors(first.stderr) || hasDecodeErrors(second.stderr),
  };
}

/**
 * With its source on stdin. Where that cannot be had, nothing that comes out is of use: the child is ended.
 * @throws the feed's error.
 */
async function runFed(place: ChildPlace, options: ChildOptions, feed: SourceFeed): Promise<ChildEnd> {
  place.signal.throwIfAborted();
  const child = startChild(place, { ...options, stdin: 'hand-over', waitedMs: () => feed.waitedMs });
  const { stdin } = child;
  const feeding = stdin === null ? undefined : feed.into(stdin);
  const [end, fed] = await Promise.allSettled([
    child.ended,
    feeding?.catch((error: unknown) => {
      child.kill();
      throw error;
    }),
  ]);
  if (end.status === 'rejected') throw end.reason;
  if (fed.status === 'rejected') throw fed.reason;
  return end.value;
}

/** A run may end before the next look at how far it is. */
function requireShort({ seconds }: Advance, { outputSeconds }: RunLimits): void {
  if ((seconds ?? 0) > outputSeconds) throw new Failure('INPUT_TOO_LONG');
}

/** How far a process says it is, and when it last got on. */
class Advance {
  seconds: number | null = null;
  sizeBytes = 0;
  lastMs = performance.now();

  note({ outTimeSeconds, totalSizeBytes }: ProgressBlock): void {
    const size = totalSizeBytes ?? 0;
    if ((outTimeSeconds ?? 0) > (this.seconds ?? 0) || size > this.sizeBytes) this.lastMs = performance.now();
    this.seconds = outTimeSeconds ?? this.seconds;
    this.sizeBytes = Math.max(size, this.sizeBytes);
  }
}

/**
 * Said by the filters that `-reinit_filter 0` keeps from being built anew (5.1, 7.1), and by the Ogg reader of 9.0, which
 * stops in front of such a part and reports success.
 */
const shapeChange =
  /Changing audio frame properties on the fly is not supported|\[ogg @ [^\]]*\] .*Not yet implemented in FFmpeg/;

/** Lines about refused picture decoders are our own doing; everything else at level `error` is damage, unless it is a picture's. */
function hasDecodeErrors(stderr: string): boolean {
  return stderr
    .split('\n')
    .some(
      (line) => line.trim() !== '' && !/not on whitelist|Last message repeated|picture|cover art/i.test(line),
    );
}
