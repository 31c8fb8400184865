/**
 * Filters that only look, while the sound goes through them: what they see is in files, told by
 * `measuring/watched-levels.ts`. They stand in the one line of the chain: FFmpeg 7.1 ends with an assertion when a
 * branch holds sound back for long.
 */
import { encoderOf } from '../encoders.ts';
import type { ConversionPlan } from '../plan/plan.ts';
import { FROM_ZERO } from './filter-chain.ts';

/** Where filters write to: how the names of the files begin. */
interface Place {
  readonly levels: string;
  /** What they miss is not seen: of a source in a pipe, and of one that is heard by parts. */
  readonly looksOnce?: boolean;
}

/** Prints what the filters before it have found to the file of that kind; see `measuring/measurements.ts`. */
export function print(levels: string, kind: string, condition = ''): string {
  return `ametadata=mode=print${condition}:file=${levels}.${kind}.txt`;
}

/**
 * Whether samples lie beyond what the result holds, in blocks of a quarter of a second: 6 ns a sample. Stored floats are held
 * against one limit, which costs no more and sees what is no number as well; how far they go is looked at once
 * more where they go beyond.
 */
export function watchClipping(plan: ConversionPlan, place: Place): string[] {
  const { beyondDbfs, noSound } = plan.levels.watch;
  if (beyondDbfs === undefined) return [];
  if (!noSound) return [quarters(plan), ...watchPeaks(beyondDbfs, place)];
  if (place.looksOnce === true) return lookAtFloats(plan, place);
  // The next float above it: a sample at full scale is not beyond.
  const limit = 10 ** (beyondDbfs / 20) * (1 + 2 ** -23);
  return [quarters(plan), ...watchLimit(Math.min(limit, MOST), place)];
}

/** Whether there are samples that are no sound, where nothing is beyond what the result holds. */
export function watchNoSound(plan: ConversionPlan, place: Place): string[] {
  const { beyondDbfs, noSound } = plan.levels.watch;
  return noSound && beyondDbfs === undefined ? [quarters(plan), ...watchLimit(MOST, place)] : [];
}

/** All there is to know of stored floats. */
export function lookAtFloats(plan: ConversionPlan, place: Place): string[] {
  const { beyondDbfs } = plan.levels.watch;
  const peaks = beyondDbfs === undefined ? [] : watchPeaks(beyondDbfs, place);
  return [quarters(plan), ...watchLimit(MOST, place), ...peaks];
}

/** +80 dBFS, as a factor. What is beyond was never sound, and LAME crashes at +100. */
const MOST = 1e4;

const quarters = ({ sampleRate }: ConversionPlan): string =>
  `asetnsamples=n=${Math.ceil(sampleRate / 4)}:p=0`;

/** Each channel is "silent" from its first sample to its last, unless one of them is not below the limit, which NaN is not. */
function watchLimit(limit: number, { levels }: Place): string[] {
  return [`silencedetect=noise=${limit}:d=0:m=1`, print(levels, 'limit')];
}

function watchPeaks(beyondDbfs: number, { levels }: Place): string[] {
  return [
    'astats=metadata=1:reset=1:measure_perchannel=none:measure_overall=Peak_level',
    print(
      levels,
      'clipping',
      `:key=lavfi.astats.Overall.Peak_level:function=greater:value=${(beyondDbfs + 1e-6).toFixed(6)}`,
    ),
  ];
}

/**
 * How many samples come to the encoder, in blocks of a second: the last line has where the last one ends. By time stamps,
 * which cost nothing that can be measured; `astats` would take a sixth of an MP3's encode. Goes behind all other filters.
 */
export function watchLength({ format, sampleRate }: ConversionPlan, { levels }: Place): string[] {
  if (encoderOf(format).isCounted !== true) return [];
  return [
    `asetnsamples=n=${sampleRate}:p=0`,
    // Only what has some metadata is printed.
    'ametadata=mode=add:key=counted:value=1',
    'asetpts=N+S',
    print(levels, 'counted'),
    FROM_ZERO,
  ];
}

/**
 * The peaks of all channels before they are mixed to mono, in blocks of a second. Not the RMS: for that FFmpeg 5.1 takes
 * ten times as long, a quarter of an MP3's encode.
 */
export function watchBeforeMono(plan: ConversionPlan): string[] {
  if (!plan.levels.watch.cancelling) return [];
  return [
    `asetnsamples=n=${plan.sourceRate}:p=0`,
    'astats=metadata=1:reset=1:measure_perchannel=none:measure_overall=Peak_level',
  ];
}

/** The peaks of the mix. */
export function watchMono(plan: ConversionPlan, { levels }: Place): string[] {
  if (!plan.levels.watch.cancelling) return [];
  return [
    'astats=metadata=1:reset=1:measure_perchannel=Peak_level:measure_overall=none',
    print(levels, 'mono'),
  ];
}
