/**
 * What a worker must be able to do for a job, as one number, so that a rolling deployment harms no job: the record says
 * how much it `needs`, the claim's condition refuses a worker that can do less before anything is counted, and the
 * message waits for a newer one.
 *
 * The number rises with each release that teaches workers something new. What is new says so where it is described: a
 * format or an option by its `since`.
 */
import { type FormatName, formatNames, outputFormat } from './formats.ts';
import type { ConversionOptions, Quality } from './request.ts';

/** What every worker can do that knows of needs at all. */
const BASE = 1;

/** Options that came later than {@link BASE}, by the number they came with. */
const optionsSince: Partial<Record<keyof ConversionOptions, number>> = {
  dither: 3,
  loudness: 3,
  fadeIn: 3,
  fadeOut: 3,
  silence: 3,
  silenceThreshold: 3,
  speed: 3,
  removeTags: 3,
  setCover: 3,
  setTags: 3,
  splitByChapter: 3,
  timeline: 3,
  track: 3,
  pipeline: 4,
};

/** Values of older options and qualities that came later: 32-bit float, and MP3 of varying bitrate. */
const LATER_VALUES = 3;

/** The least that a worker must be able to do for this order. */
export function needsOf(order: {
  readonly format: FormatName;
  readonly quality?: Quality | undefined;
  readonly options: ConversionOptions;
}): number {
  const asked = Object.keys(order.options) as (keyof ConversionOptions)[];
  const hasLaterValue = order.options.bitDepth === 32 || order.quality?.startsWith('v') === true;
  return Math.max(
    outputFormat(order.format).since,
    hasLaterValue ? LATER_VALUES : BASE,
    ...asked.map((option) => optionsSince[option] ?? BASE),
  );
}

/** What the workers of this version can do. */
export const ABILITY = Math.max(
  LATER_VALUES,
  ...formatNames.map((format) => outputFormat(format).since),
  ...Object.values(optionsSince),
);
