/** FFmpeg at work in a folder: on its source, once all of that is there, or on a file beside it. */
import { DECODER_THREADS, type RunSetting } from './encode-options.ts';
import { folderFiles } from './folder-files.ts';
import { fillUnlessAborted, WHOLE } from './holes.ts';
import type { ConversionPlan } from './plan/plan.ts';
import { type RunOptions, type RunResult, runFfmpeg } from './process/run.ts';
import type { FolderTools } from './tools.ts';

/** Two processes: the first decodes for the second. */
export function fromSamples(plan: ConversionPlan, decoding: string[], args: string[]): Commands {
  const { sound } = plan.levels.found;
  const mayEndEarly = plan.cut?.endSample !== undefined || sound?.endSample !== undefined;
  return { decodeArgs: decoding, args, mayEndEarly };
}

/** What FFmpeg is told; by default it reads the folder's source. */
export type Commands = Pick<RunOptions, 'args'> & Partial<RunOptions>;

/**
 * Runs FFmpeg on the folder's source, or on the file that `commands` names.
 * @throws as `runFfmpeg` does; what filling the source's holes throws.
 */
export async function runInFolder(
  tools: FolderTools,
  commands: Commands,
  options: RunSetting,
): Promise<RunResult> {
  const { limits, input, threads = DECODER_THREADS, onProgress, onStderr, holes } = options;
  if (commands.source === undefined) await fillUnlessAborted(holes, WHOLE, tools.signal);
  return await runFfmpeg(tools, {
    source: folderFiles.input,
    input,
    ...commands,
    limits,
    threads,
    onProgress: ({ outTimeSeconds: written, totalSizeBytes: writtenBytes, readBytes, speed }) =>
      onProgress?.({ writtenSeconds: written ?? 0, writtenBytes, readBytes, speed }),
    onStderr,
  });
}
