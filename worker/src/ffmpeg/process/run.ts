/** One conversion by FFmpeg, with its progress watched. */
import { join } from 'node:path';
import { type ChildPlace, runChild } from './child.ts';
import type { ConvertedInput } from './child-log.ts';
import { failureOfExit } from './failure-of-exit.ts';
import { makeProgressParser, type ProgressBlock } from './progress-parser.ts';
import { ReadPosition } from './read-position.ts';
import type { TimeLimits } from './time-limits.ts';

/** Limits of one run; time in wall seconds, see `time-limits.ts`. */
export interface RunLimits extends TimeLimits {
  /** Address space in bytes. FFmpeg itself takes about 0.5 GB of it in 5.1. */
  readonly memoryBytes: number;
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

/** One run of FFmpeg. */
export interface RunOptions {
  readonly args: readonly string[];
  readonly limits: RunLimits;
  /** What is converted, for the log. */
  readonly input: ConvertedInput;
  /** Name in the folder of the file whose reading is watched. */
  readonly source: string;
  /** Threads that `args` allow the decoder. */
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

/**
 * Runs a conversion. Resolves when FFmpeg exits 0, throws a Failure otherwise, and the abort reason when
 * the place's signal aborts. "No progress" is measured on the wall clock since output time or size last ADVANCED:
 * blocks come from the transcode loop, which may still print them while nothing moves.
 */
export async function runFfmpeg(
  tools: ChildPlace & { readonly ffmpeg: string },
  options: RunOptions,
): Promise<RunResult> {
  let outTimeSeconds: number | null = null;
  let sizeBytes = 0;
  let lastAdvance = performance.now();
  const reading = new ReadPosition(join(tools.cwd, options.source));

  const parse = makeProgressParser((block) => {
    const time = block.outTimeSeconds ?? 0;
    const size = block.totalSizeBytes ?? 0;
    if (time > (outTimeSeconds ?? 0) || size > sizeBytes) lastAdvance = performance.now();
    outTimeSeconds = block.outTimeSeconds ?? outTimeSeconds;
    sizeBytes = Math.max(size, sizeBytes);
    options.onProgress?.({ ...block, readBytes: reading.bytes() });
  });

  const { limits } = options;
  const end = await runChild(tools, {
    binary: tools.ffmpeg,
    args: options.args,
    limits: {
      memoryBytes: limits.memoryBytes,
      fileBytes: limits.outputBytes,
      cpuSeconds: limits.totalSeconds * CPU_PER_WALL_SECOND * options.threads,
    },
    totalSeconds: limits.totalSeconds,
    input: options.input,
    onStart: (pid) => reading.follow(pid),
    onPipe3: parse,
    ...(options.onStderr === undefined ? {} : { onStderr: options.onStderr }),
    mustEnd: () => {
      if (sizeBytes > limits.outputBytes) return 'output-size';
      return performance.now() - lastAdvance > limits.stallSeconds * 1000 ? 'stall' : undefined;
    },
  });
  if (end.exitCode !== 0) throw failureOfExit(end, 'convert');
  return { outTimeSeconds, damaged: hasDecodeErrors(end.stderr) };
}

/** Lines about refused picture decoders are our own doing; everything else at level `error` is damage. */
function hasDecodeErrors(stderr: string): boolean {
  return stderr
    .split('\n')
    .some((line) => line.trim() !== '' && !/not on whitelist|Last message repeated/.test(line));
}
