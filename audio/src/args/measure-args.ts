/** Commands that only listen: the chain of a conversion, or its result, into meters in place of an encoder. */
import type { Allowlists } from '../allowlists.ts';
import type { ConversionPlan } from '../plan/plan.ts';
import { oneShapeInput, pcmInput } from './encode-args.ts';
import { filterChain } from './filter-chain.ts';
import type { PcmShape } from './pcm-shape.ts';
import { quiet, sourceLimits, withProgress } from './source-args.ts';

const nowhere = ['-f', 'null', '-'];

/** The source through what `plan` cuts and then `filters`, whose last ones measure. */
export function measureArgs(
  plan: ConversionPlan,
  lists: Allowlists,
  { filters, threads }: { readonly filters: readonly string[]; readonly threads: number },
): string[] {
  return [
    ...quiet,
    ...withProgress,
    ...oneShapeInput(plan, lists, threads),
    ...['-map', `0:${plan.audioStream}`, '-af', filterChain(plan, 'source', filters)],
    ...nowhere,
  ];
}

/** The same for the second of two processes; see `decodeArgs`. */
export function measurePcmArgs(plan: ConversionPlan, shape: PcmShape, filters: readonly string[]): string[] {
  return [
    ...quiet,
    ...withProgress,
    ...pcmInput(shape),
    ...['-map', '0:0', '-af', filterChain(plan, 'samples', filters)],
    ...nowhere,
  ];
}

/** A result of ours, `fileName` within the folder, as a player would hear it. */
export function measureResultArgs(fileName: string, lists: Allowlists, filters: readonly string[]): string[] {
  return [
    ...quiet,
    ...withProgress,
    ...sourceLimits(lists),
    ...['-codec_whitelist', lists.decoders.join(',')],
    ...['-vn', '-sn', '-dn', '-i', `file:${fileName}`],
    ...['-map', '0:a:0', '-af', filters.join(',')],
    ...nowhere,
  ];
}
