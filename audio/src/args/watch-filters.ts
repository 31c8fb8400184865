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
}

/** Prints what the filters before it have found to the file of that kind; see `measuring/measurements.ts`. */
export function print(levels: string, kind: string, condition = ''): string {
  return `ametadata=mode=print${condition}:file=${levels}.${kind}.txt`;
}

/** Whether samples lie beyond what the result holds, in blocks of a quarter of a second: 2 ns a sample. */
export function watchClipping(plan: ConversionPlan, { levels }: Place): string[] {
  const { beyondDbfs } = plan.levels.watch;
  if (beyondDbfs === undefined) return [];
  return [
    `asetnsamples=n=${Math.ceil(plan.sampleRate / 4)}:p=0`,
    'astats=metadata=1:reset=1:measure_perchannel=none:measure_overall=Peak_level',
    print(levels, 'clipping', `:key=lavfi.astats.Overall.Peak_level:function=greater:value=${beyondDbfs}`),
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
