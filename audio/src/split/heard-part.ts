/**
 * Which part of a source one segment hears: known where a source is plain samples, and each becomes one of the result.
 */
import { levelFilters } from '../args/level-filters.ts';
import type { Segment } from '../args/segment-args.ts';
import type { ByteRange } from '../holes.ts';
import { openOwnFile } from '../own-files.ts';
import type { ConversionPlan } from '../plan/plan.ts';
import { readRiff } from '../probing/headers/riff.ts';
import { readAt } from '../probing/read-at.ts';
import type { ConvertedInput } from '../process/child-log.ts';
import type { Resampler } from '../resampler.ts';

/** What a segment hears of a source. */
export interface HeardPart {
  readonly range: ByteRange;
  /** Whole seconds before it that need not be read, 0 where filters remember what was there. */
  readonly skippedSeconds: number;
}

/** What decides over that, for all segments of a result. */
export interface SoundOfParts {
  readonly plan: ConversionPlan;
  readonly input: Pick<ConvertedInput, 'container' | 'codec'>;
  readonly resampler: Resampler;
}

/** A resampler hears some hundredths of a second around each sample. */
const AROUND_SECONDS = 1;
/** Filters that make each sample out of the one at its place, or let it be and look at each of them alone. */
const FORGETFUL = /^(aformat|pan|volume|asetnsamples|silencedetect|ametadata)=/;
/**
 * FFmpeg's own resampler makes each sample out of those around it, in the same way in each second. SoX's works in blocks, which
 * begin where the sound does, and dither is other noise after another start.
 */
const RESAMPLING = /^aresample=(?!.*(?:soxr|dither))/;
/** Where a second has more steps than this, FFmpeg rounds them (`exact_rational` of libswresample). */
const MOST_STEPS = 1_024;

/**
 * Undefined where that is not known: then all of the source has to be there.
 * @param path of the source, or of one that is as long and has its header.
 * @param headBytes of it that are there. Default: all are.
 */
export async function heardPart(
  path: string,
  sound: SoundOfParts,
  segment: Pick<Segment, 'startSample' | 'endSample' | 'isLast'>,
  headBytes = Number.POSITIVE_INFINITY,
): Promise<HeardPart | undefined> {
  const { plan } = sound;
  if (!keepsPlaces(sound)) return undefined;
  const memorySeconds = memorySecondsOf(sound);
  // What the last one measures on its way, it measures of all.
  if (segment.isLast && memorySeconds === undefined) return undefined;
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
    const needed = Math.floor(startSample / plan.sampleRate) - (memorySeconds ?? Number.POSITIVE_INFINITY);
    return {
      range: { from: byteAt(startSample, -AROUND_SECONDS), to: byteAt(endSample, AROUND_SECONDS) },
      skippedSeconds: Math.max(0, needed),
    };
  } finally {
    await file.close();
  }
}

/** Whether a segment's process reads nothing of what is long before it: a pure function. */
export function skipsWhatIsBefore(sound: SoundOfParts): boolean {
  return keepsPlaces(sound) && memorySecondsOf(sound) !== undefined;
}

/** Plain samples, each of which becomes one of the result at its place. */
function keepsPlaces({ plan, input: { container, codec } }: SoundOfParts): boolean {
  const { cut, fillHoles, leadSamples, levels, readsOn } = plan;
  if (cut !== undefined || fillHoles || leadSamples !== 0 || levels.asked.speed !== 1 || readsOn)
    return false;
  return container === 'wav' && codec.startsWith('pcm_');
}

/** Whole seconds before a sample that decide over it, undefined for all of them. */
function memorySecondsOf({ plan, resampler }: SoundOfParts): 0 | 1 | undefined {
  const { sourceRate, sampleRate, leastSamples, md5 } = plan;
  if (leastSamples !== undefined || md5 !== undefined) return undefined;
  // Of whatever place: where filters write to does not count.
  const filters = levelFilters(plan, { resampler, levels: '', looksOnce: true });
  if (filters.every((filter) => FORGETFUL.test(filter))) return sourceRate === sampleRate ? 0 : undefined;
  if (sampleRate / commonFactor(sourceRate, sampleRate) > MOST_STEPS) return undefined;
  return filters.every((filter) => FORGETFUL.test(filter) || RESAMPLING.test(filter)) ? 1 : undefined;
}

function commonFactor(a: number, b: number): number {
  return b === 0 ? a : commonFactor(b, a % b);
}

/** RIFF, its size, and WAVE. */
const MAGIC_BYTES = 12;
