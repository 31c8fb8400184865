/** Runs the one FFmpeg that makes a segment, of what it hears of the source. */
import { join } from 'node:path';
import type { EncodeSetting } from '../args/encode-args.ts';
import { type Segment, segmentArgs } from '../args/segment-args.ts';
import type { EncodeProgress, RunSetting } from '../encode-options.ts';
import { folderFiles } from '../folder-files.ts';
import { fillUnlessAborted, WHOLE } from '../holes.ts';
import { isWithinLimit } from '../measuring/no-sound.ts';
import type { ConversionPlan } from '../plan/plan.ts';
import { type RunResult, runFfmpeg } from '../process/run.ts';
import type { FolderTools } from '../tools.ts';
import { heardPart } from './heard-part.ts';
import { CannotJoin } from './join.ts';
import { finishLength } from './mp3/finish-length.ts';
import type { SplitPlan } from './plan-split.ts';

/** Decoding up to a segment's start runs at 800 times playback; a crowded machine gets a 16th. */
const SLOWEST_SKIP_SPEED = 50;

/** What the segments of one result have in common. */
export interface SegmentSetting {
  readonly split: SplitPlan;
  readonly setting: EncodeSetting;
  readonly options: RunSetting;
  /** Of the source when the first one was begun; see `Holes` in `holes.ts`. */
  readonly renewals: number | undefined;
}

/** @throws as `runFfmpeg` does; CannotJoin when its source came anew, or has samples that are no sound. */
export async function runSegment(
  tools: FolderTools,
  plan: ConversionPlan,
  { split, setting, options, renewals, segment }: SegmentSetting & { readonly segment: Segment },
  onProgress: (seen: Omit<EncodeProgress, 'readBytes'>) => void,
): Promise<RunResult> {
  const startSeconds = segment.startSample / plan.sampleRate;
  const { input, holes } = options;
  const { resampler } = setting;
  const path = join(tools.cwd, folderFiles.input);
  const heard = await heardPart(path, { plan, input, resampler }, segment, holes?.headBytes);
  await fillUnlessAborted(holes, heard?.range ?? WHOLE, tools.signal);
  // The last segment asks for the end, so that this is known before all are made.
  if (holes?.renewals !== renewals) throw new CannotJoin('the source that came was another one');
  const result = await runFfmpeg(tools, {
    args: segmentArgs(plan, tools.lists, setting, {
      segment,
      bare: split.codec.bare,
      skippedSeconds: heard?.skippedSeconds,
    }),
    source: folderFiles.input,
    input,
    threads: setting.threads,
    limits: {
      ...options.limits,
      stallSeconds: options.limits.stallSeconds + startSeconds / SLOWEST_SKIP_SPEED,
    },
    onProgress: ({ outTimeSeconds, totalSizeBytes, speed }) =>
      onProgress({ writtenSeconds: outTimeSeconds ?? 0, writtenBytes: totalSizeBytes, speed }),
    onStderr: options.onStderr,
  });
  if (
    plan.levels.watch.noSound &&
    !(await isWithinLimit(plan, { folder: tools.cwd, levels: segment.levels }))
  )
    throw new CannotJoin('some samples are no sound');
  // That of the last one is the end of the whole.
  if (segment.isLast) await finishLength(tools, plan, segment);
  return result;
}

/** Whether the plan needs nothing but the order and the source: nobody had to listen through it before. */
export function isByOrderAlone({ levels: { asked } }: ConversionPlan): boolean {
  return asked.silenceDb === undefined && asked.fadeOutSeconds === 0 && asked.loudness === undefined;
}
