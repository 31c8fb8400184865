/** Whether a result is made in segments: asks for the facts that cost something, in the order of what they cost. */
import type { EncodeOptions } from '../encode-options.ts';
import type { ConversionPlan } from '../plan/plan.ts';
import type { Resampler } from '../resampler.ts';
import type { SegmentKeeper } from '../segment-keeper.ts';
import { skipsWhatIsBefore } from './heard-part.ts';
import { planKept, planSplit, type SplitPlan } from './plan-split.ts';

/** In which segments a result is made. */
export interface Split {
  readonly plan: SplitPlan;
  /** Where earlier segments may be and finished ones are kept, and how many are encoded here at once. Default: none is kept, and all are encoded at once. */
  readonly keeping?: Keeping;
}

/** See {@link Split}. */
export interface Keeping {
  readonly keeper: SegmentKeeper;
  readonly lanes: number;
}

/** Undefined for one process. */
export async function chooseSplit(
  plan: ConversionPlan,
  resampler: Resampler,
  { parallel, input, limits, holes }: EncodeOptions,
): Promise<Split | undefined> {
  if (parallel === undefined) return undefined;
  const { leastSeconds, keeper, hasRoom = async () => true } = parallel;
  const facts = { plan, sourceCodec: input.codec, leastSeconds, outputBytes: limits.outputBytes };
  const arrivingSeconds = holes?.arrivingSeconds;
  // What is kept outlives the moment at which a source that still comes is known to be the right one.
  const kept = arrivingSeconds === undefined ? keeper && planKept(facts, keeper.leastSeconds) : undefined;
  if (keeper !== undefined && kept !== undefined && (await keeper.isWanted())) {
    if (!(await hasRoom(kept.diskBytes))) return undefined;
    return { plan: kept, keeping: { keeper, lanes: await parallel.idleCores() } };
  }
  const skips = skipsWhatIsBefore({ plan, input, resampler });
  if (planSplit({ ...facts, skips, idleCores: 2 }) === undefined) return undefined;
  const split = planSplit({ ...facts, skips, arrivingSeconds, idleCores: await parallel.idleCores() });
  return split === undefined || !(await hasRoom(split.diskBytes)) ? undefined : { plan: split };
}
