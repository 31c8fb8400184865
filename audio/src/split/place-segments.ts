/** Where the segments of a result begin and end, and what they are called. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { EncodeSetting } from '../args/encode-args.ts';
import { type Segment, segmentArgs, segmentFiles } from '../args/segment-args.ts';
import { openOwnFile } from '../own-files.ts';
import type { ConversionPlan } from '../plan/plan.ts';
import type { KeptSegment } from '../segment-keeper.ts';
import type { FolderTools } from '../tools.ts';
import type { JoinedSegment } from './join.ts';
import type { SplitPlan } from './plan-split.ts';
import type { SegmentSetting } from './run-segment.ts';

/** A segment with its place in the result. */
export type PlacedSegment = Segment & { readonly joined: JoinedSegment };

/** In their order. */
export function placeSegments(
  { codec, takeOvers, warmUp, lookAhead, frameSamples }: SplitPlan,
  { files }: Pick<EncodeSetting, 'files'>,
): PlacedSegment[] {
  return takeOvers.map((takesOver, index) => {
    const next = takeOvers[index + 1];
    const firstFrame = Math.max(0, takesOver - warmUp);
    const isLast = next === undefined;
    const own = segmentFiles(files, index);
    const noiseFrames = firstFrame === 0 ? 0 : (codec.noiseFrames ?? 0);
    return {
      startSample: firstFrame * frameSamples,
      noiseSamples: noiseFrames * frameSamples,
      endSample: isLast ? undefined : (next + lookAhead) * frameSamples,
      file: own.file,
      levels: isLast ? files.levels : own.levels,
      isDressed: index === 0 && codec.demuxer === undefined,
      isLast,
      joined: { file: own.file, firstFrame: firstFrame - noiseFrames, takesOver },
    };
  });
}

/** Segments as they are known to all who may make them. */
export interface NamedSegments {
  /** Hash of all names. */
  readonly plan: string;
  /** All but the last one. */
  readonly kept: readonly KeptSegment[];
}

/** @param tools those of the folder where tags and cover lie already. */
export async function nameSegments(
  tools: FolderTools,
  plan: ConversionPlan,
  how: Pick<SegmentSetting, 'split' | 'setting'>,
  segments: readonly PlacedSegment[],
): Promise<NamedSegments> {
  const kept: KeptSegment[] = [];
  for (const segment of segments.slice(0, -1)) {
    kept.push({ name: await nameOf(tools, plan, how, segment), file: segment.file });
  }
  const all = createHash('sha256').update(kept.map(({ name }) => name).join());
  return { plan: all.digest('hex').slice(0, NAME_DIGITS), kept };
}

/**
 * A hash of all that decides over its bytes besides the source: the command, the FFmpeg and the CPU that run it, and what lies beside
 * the source where the segment carries tags and cover.
 */
async function nameOf(
  tools: FolderTools,
  plan: ConversionPlan,
  { split, setting }: Pick<SegmentSetting, 'split' | 'setting'>,
  segment: PlacedSegment,
): Promise<string> {
  const hash = createHash('sha256');
  const args = segmentArgs(plan, tools.lists, setting, { segment, bare: split.codec.bare });
  hash.update(JSON.stringify([tools.maker, args]));
  const { tags, carrier } = setting.files;
  for (const name of segment.isDressed ? [tags, carrier] : []) {
    const file = await openOwnFile(join(tools.cwd, name));
    if (file !== undefined) hash.update(await file.readFile().finally(() => file.close()));
  }
  return hash.digest('hex').slice(0, NAME_DIGITS);
}

/** 96 bits: nobody chooses them, and a job has a few dozen. */
const NAME_DIGITS = 24;
