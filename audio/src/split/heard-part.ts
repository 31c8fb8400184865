/**
 * Which part of a source one segment hears: known where a source is plain samples, and each becomes one of the result.
 */
import { levelFilters } from '../args/level-filters.ts';
import type { ByteRange } from '../holes.ts';
import { openOwnFile } from '../own-files.ts';
import type { ConversionPlan } from '../plan/plan.ts';
import { readRiff } from '../probing/headers/riff.ts';
import { readAt } from '../probing/read-at.ts';
import type { ConvertedInput } from '../process/child-log.ts';
import { swr } from '../resampler.ts';
import type { PlacedSegment } from './place-segments.ts';

/** What a segment hears of a source. */
export interface HeardPart {
  readonly range: ByteRange;
  /** Whole seconds before it that need not be read, 0 where filters remember what was there. */
  readonly skippedSeconds: number;
}

/** A resampler hears some hundredths of a second around each sample. */
const AROUND_SECONDS = 1;
/** Filters that make each sample out of the one at its place. */
const FORGETFUL = /^(aformat|pan|volume)=/;

/**
 * Undefined where that is not known: then all of the source has to be there.
 * @param path of the source, or of one that is as long and has its header.
 * @param headBytes of it that are there. Default: all are.
 */
export async function heardPart(
  path: string,
  plan: ConversionPlan,
  { container, codec }: Pick<ConvertedInput, 'container' | 'codec'>,
  segment: PlacedSegment,
  headBytes = Number.POSITIVE_INFINITY,
): Promise<HeardPart | undefined> {
  const { cut, fillHoles, leadSamples, levels, readsOn } = plan;
  const keepsPlaces =
    cut === undefined && !fillHoles && leadSamples === 0 && levels.asked.speed === 1 && !readsOn;
  if (!keepsPlaces || container !== 'wav' || !codec.startsWith('pcm_')) return undefined;
  const isForgetful = hasNoMemory(plan);
  // What the last one measures on its way, it measures of all.
  if (segment.isLast && !isForgetful) return undefined;
  // Segments of before have run where it lies.
  const file = await openOwnFile(path);
  if (file === undefined) return undefined;
  try {
    const { size } = await file.stat();
    const header = await readRiff(file, await readAt(file, 0, MAGIC_BYTES), size);
    const { bytesPerSecond, dataAt = Number.POSITIVE_INFINITY, isAverage } = header ?? {};
    if (bytesPerSecond === undefined || isAverage === true || dataAt > headBytes) return undefined;
    const byteAt = (sample: number, aroundSeconds: number): number => {
      const bytes = (sample / plan.sampleRate + aroundSeconds) * bytesPerSecond;
      return Math.min(size, Math.max(0, dataAt + Math.floor(bytes)));
    };
    const { startSample, endSample = Number.POSITIVE_INFINITY } = segment;
    return {
      range: { from: byteAt(startSample, -AROUND_SECONDS), to: byteAt(endSample, AROUND_SECONDS) },
      skippedSeconds: isForgetful ? Math.floor(startSample / plan.sampleRate) : 0,
    };
  } finally {
    await file.close();
  }
}

/** Whether a sample comes out the same whatever was before it. */
function hasNoMemory(plan: ConversionPlan): boolean {
  const { sourceRate, sampleRate, leastSamples, md5 } = plan;
  if (sourceRate !== sampleRate || leastSamples !== undefined || md5 !== undefined) return false;
  // Of whatever place: the names alone count.
  return levelFilters(plan, { resampler: swr, levels: '' }).every((filter) => FORGETFUL.test(filter));
}

/** RIFF, its size, and WAVE. */
const MAGIC_BYTES = 12;
