/** Listening through a source once, to learn which shapes its sound has. */
import { surveyArgs } from '../args/survey-args.ts';
import { runChild } from '../process/child.ts';
import { failureOfExit } from '../process/failure-of-exit.ts';
import { makeProgressParser } from '../process/progress-parser.ts';
import type { RunLimits } from '../process/run.ts';
import type { FolderTools } from '../tools.ts';
import { type Stretch, SurveyParser } from './survey-parser.ts';

/** What is to be listened to. */
export interface SurveyOptions {
  readonly audioStream: number;
  readonly limits: Pick<RunLimits, 'memoryBytes' | 'totalSeconds' | 'stallSeconds'>;
  /** Threads of the decoder. */
  readonly threads: number;
}

/**
 * Decodes the sound without keeping it: a tenth of a conversion's work or less.
 * @returns the stretches of one shape, in their order.
 * @throws Failure; the abort reason of `tools.signal`.
 */
export async function survey(tools: FolderTools, options: SurveyOptions): Promise<readonly Stretch[]> {
  const { limits, threads } = options;
  const parser = new SurveyParser();
  let seconds = 0;
  let lastAdvanceMs = performance.now();
  const end = await runChild(tools, {
    binary: tools.ffmpeg,
    args: surveyArgs(options.audioStream, tools.lists, threads),
    limits: {
      memoryBytes: limits.memoryBytes,
      fileBytes: 0,
      cpuSeconds: 2 * limits.totalSeconds * threads,
    },
    totalSeconds: limits.totalSeconds,
    onStderr: (text) => parser.push(text),
    onPipe3: makeProgressParser(({ outTimeSeconds }) => {
      if ((outTimeSeconds ?? 0) <= seconds) return;
      seconds = outTimeSeconds ?? 0;
      lastAdvanceMs = performance.now();
    }),
    mustEnd: () => (performance.now() - lastAdvanceMs > limits.stallSeconds * 1000 ? 'stall' : undefined),
  });
  if (end.exitCode !== 0) throw failureOfExit(end, 'convert');
  return parser.stretches;
}
