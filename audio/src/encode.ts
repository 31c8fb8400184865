/** One encode: from a plan to a file in the folder. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { FormatName } from '@wavefleet/contracts/formats.ts';
import type { Warning } from '@wavefleet/contracts/job.ts';
import { decodeArgs, encodeArgs, encodePcmArgs } from './args/encode-args.ts';
import { meteredFilters } from './args/level-filters.ts';
import type { PcmShape } from './args/pcm-shape.ts';
import { finishTags, writeCompanions } from './companions/companions.ts';
import {
  DECODER_THREADS,
  type EncodeOptions,
  type EncodeProgress,
  type RunSetting,
} from './encode-options.ts';
import { encoderOf } from './encoders.ts';
import { type EncodeFiles, encodeFiles } from './folder-files.ts';
import { measure, measureResult } from './measuring/measure.ts';
import { causeOf, requireSound } from './measuring/no-sound.ts';
import { watchedLevels } from './measuring/watched-levels.ts';
import { openOwnFile } from './own-files.ts';
import type { ConversionPlan } from './plan/plan.ts';
import { readAt } from './probing/read-at.ts';
import type { RunLimits, RunResult } from './process/run.ts';
import { fromSamples, runInFolder } from './run-in-folder.ts';
import { chooseSplit } from './split/choose-split.ts';
import { encodeSplit } from './split/encode-split.ts';
import { finishLength } from './split/mp3/finish-length.ts';
import type { FolderTools } from './tools.ts';

/** A result on this disk that nobody has looked at yet. */
export interface Encoded {
  /** Name within the folder. */
  readonly fileName: string;
  /** Seconds that FFmpeg says it wrote; null when it does not. */
  readonly writtenSeconds: number | null;
  /** Whether it may have written more than it says. */
  readonly mayBeMore: boolean;
  /** FFmpeg met damaged data on the way, or the sound is not what the file's own checksum says. */
  readonly damaged: boolean;
  /** What was lost although the plan kept it. */
  readonly warnings: readonly Warning[];
}

/**
 * Writes tags and cover, then runs FFmpeg to its end.
 * @param tools those of the folder with the source.
 * @param shape what the sound is brought into by a process of its own, before it is encoded; undefined where the source
 *   has one shape throughout, and one process does both.
 * @throws Failure, see `process/failure-of-exit.ts` and `companions/companions.ts`; the abort reason of `tools.signal`;
 *   ShapeChanged when the source has more than one shape and `shape` is undefined; NoSoundFound, of which the plan did not know.
 */
export async function encode(
  tools: FolderTools,
  plan: ConversionPlan,
  asked: EncodeOptions,
  shape?: PcmShape,
): Promise<Encoded> {
  const options = { ...asked, limits: limitsOf(plan.format, asked.limits) };
  const { threads = DECODER_THREADS } = options;
  const { resampler, lists } = tools;
  const files = encodeFiles(options.output, plan.format);
  const { hasCarrier, warnings } = await writeCompanions(tools, plan, files);
  const way = options.feed === undefined ? 'file' : 'pipe';
  const setting = { files, hasCarrier, threads, resampler, way } as const;
  const alone = async (told: EncodeOptions): Promise<RunResult> => {
    const commands =
      shape === undefined
        ? { args: encodeArgs(plan, lists, setting), feed: options.feed }
        : fromSamples(plan, decodeArgs(plan, shape, lists, threads), encodePcmArgs(plan, shape, setting));
    const result = await runInFolder(tools, commands, told);
    await finishLength(tools, plan, { file: files.result, levels: files.levels });
    return result;
  };
  // A source that changes its shape has two processes already.
  const split = shape === undefined ? await chooseSplit(plan, resampler, options) : undefined;
  const quiet = withoutProgress(options);
  const floats = {
    folder: tools.cwd,
    levels: files.levels,
    lookAgain:
      options.feed === undefined
        ? (filters: readonly string[]) =>
            measure({ tools, setting: quiet, shape }, plan, [
              ...meteredFilters(plan, { ...files, resampler }),
              ...filters,
            ])
        : undefined,
  };
  // Of another encode in this folder.
  await rm(join(tools.cwd, `${files.levels}.clipping.txt`), { force: true });
  // By several processes, or by one after all where there is a doubt.
  const told = split === undefined ? options : neverFalling(options);
  const made = async () =>
    (split && (await encodeSplit(tools, plan, split, { setting, options: told }))) ?? (await alone(told));
  const { outTimeSeconds, damaged } = await made().catch(async (error: unknown) => {
    throw await causeOf(error, plan, floats);
  });
  // FLAC's muxer takes no sound at all for a result. With a picture beside the sound, FFmpeg 7.1 tells no time, 0 while
  // it waits for the sound, or the time of some moment before the end: then only the result itself can say whether there is any.
  const isUntold = (hasCarrier && outTimeSeconds === 0) || isTimeOfBoth(plan);
  const writtenSeconds = isUntold ? null : outTimeSeconds;
  if (!hasCarrier && (outTimeSeconds ?? 0) === 0) throw new Failure('NO_DECODABLE_AUDIO');
  await requireSound(plan, floats);
  await finishTags(tools, plan, files);
  const seen = await watchedLevels(plan, {
    folder: tools.cwd,
    levels: files.levels,
    measureResult: (filters) => measureResult(tools, files.result, filters, quiet),
  });
  const isOther = shape === undefined && (await isOtherSound(tools, plan, files));
  return {
    fileName: files.result,
    writtenSeconds,
    mayBeMore: hasCarrier,
    damaged: damaged || isOther,
    warnings: [...warnings, ...seen],
  };
}

/**
 * FFmpeg tells the time of whichever result is longest. Beside one that leaves sound out, or plays it faster, that is the
 * checksum of the source.
 */
function isTimeOfBoth({ md5, levels }: ConversionPlan): boolean {
  return md5 !== undefined && (levels.asked.speed > 1 || levels.found.sound !== undefined);
}

/** Those that were given, and what the format itself can hold. */
export function limitsOf(format: FormatName, limits: RunLimits): RunLimits {
  const { mostBytes = Number.POSITIVE_INFINITY } = encoderOf(format);
  return { ...limits, outputBytes: Math.min(limits.outputBytes, mostBytes) };
}

/** The same, but the progress that it tells never goes back: not when one process begins where several were abandoned. */
function neverFalling(options: EncodeOptions): EncodeOptions {
  let furthest = 0;
  return {
    ...options,
    onProgress(progress: EncodeProgress) {
      furthest = Math.max(furthest, progress.writtenSeconds);
      options.onProgress?.({ ...progress, writtenSeconds: furthest });
    },
  };
}

/** Of a look at the result, which is soon over, nothing is told. */
function withoutProgress({ onProgress, ...options }: RunSetting): RunSetting {
  return options;
}

/** Whether the decoded source is not what its checksum says. */
async function isOtherSound(
  tools: FolderTools,
  { md5 }: ConversionPlan,
  files: EncodeFiles,
): Promise<boolean> {
  if (md5 === undefined) return false;
  const file = await openOwnFile(join(tools.cwd, files.md5));
  if (file === undefined) return true;
  try {
    return (await readAt(file, 0, MD5_LINE_BYTES)).toString('latin1').trim() !== `MD5=${md5.hex}`;
  } finally {
    await file.close();
  }
}

/** `MD5=`, 32 digits and a line end. */
const MD5_LINE_BYTES = 64;
