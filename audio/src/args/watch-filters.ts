/** Branches of a filter chain that only look: what they see is in files, told by `measuring/watched-levels.ts`. */
import type { ConversionPlan } from '../plan/plan.ts';
import { MIX } from './mix.ts';

/** A branch that nothing comes out of: the main line only passes by. */
function branch(name: string, filters: readonly string[]): string[] {
  // A graph in `-af` has one way in and one way out; `;` begins a line of its own within it.
  return [`asplit[${name}-on][${name}];[${name}]${filters.join(',')},anullsink;[${name}-on]anull`];
}

/** Prints what the filters before it have found to the file of that kind; see `measuring/measurements.ts`. */
export function print(levels: string, kind: string): string {
  return `ametadata=mode=print:file=${levels}.${kind}.txt`;
}

/**
 * Looks for samples beyond full scale in blocks of a quarter of a second (2 ns a sample). Only blocks that have some go
 * on, together, to where they are counted: behind a hard limit, the samples at the limit are those that were beyond.
 */
export function watchClipping(plan: ConversionPlan, { levels }: { readonly levels: string }): string[] {
  if (!plan.levels.watch.clipping) return [];
  const peak = 'measure_perchannel=none:measure_overall=Peak_level';
  return branch('over', [
    `asetnsamples=n=${Math.ceil(plan.sampleRate / 4)}:p=0`,
    `astats=metadata=1:reset=1:${peak}`,
    'ametadata=mode=select:key=lavfi.astats.Overall.Peak_level:function=greater:value=0',
    `asetnsamples=n=${plan.sampleRate * 10}:p=0`,
    `astats=metadata=1:${peak}`,
    'asoftclip=type=hard',
    'astats=metadata=1:measure_perchannel=Min_level+Max_level+Peak_count:measure_overall=none',
    print(levels, 'clipping'),
  ]);
}

/** The level of all channels before the mix to mono, and of the mix. */
export function watchCancelling(plan: ConversionPlan, { levels }: { readonly levels: string }): string[] {
  if (!plan.levels.watch.cancelling) return [];
  return branch('mono', [
    // Not too often: what is printed is the level up to there, and the last one counts.
    `asetnsamples=n=${plan.sampleRate * 10}:p=0`,
    'astats=metadata=1:measure_perchannel=none:measure_overall=RMS_level',
    `aresample=${MIX.join(':')}:internal_sample_fmt=fltp`,
    'aformat=sample_fmts=fltp:channel_layouts=mono',
    'astats=metadata=1:measure_perchannel=RMS_level:measure_overall=none',
    print(levels, 'mono'),
  ]);
}
