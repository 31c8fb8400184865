/** Whether a result can be begun while its source is still on its way: its first segments need nothing of what comes last. */
import type { FileHandle } from 'node:fs/promises';
import type { FormatName } from '@wavefleet/contracts/formats.ts';
import type { ConversionOptions, Quality } from '@wavefleet/contracts/request.ts';
import { SNIFF_BYTES } from '@wavefleet/contracts/sniff.ts';
import { planConversion } from '../plan/plan.ts';
import { plainWav } from '../probing/plain-wav.ts';
import { readAt } from '../probing/read-at.ts';
import type { ProbedSource } from '../probing/source.ts';
import type { Resampler } from '../resampler.ts';
import { skipsWhatIsBefore } from './heard-part.ts';
import { planSplit, type SplitFacts } from './plan-split.ts';
import { isByOrderAlone } from './run-segment.ts';

/**
 * Whether a source says all of itself with its beginning, so that it can be probed without the rest.
 * @param file as long as the whole, with 512 KiB of it there at least.
 */
export async function isKnownByHead(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  return (await plainWav(file, await readAt(file, 0, SNIFF_BYTES), size)) !== undefined;
}

/** What is made of the source. */
interface Asked {
  readonly format: FormatName;
  readonly quality?: Quality | undefined;
  readonly options: ConversionOptions;
}

/**
 * Whether it would be made in segments, were there one core more, each of which hears its own part alone.
 * @throws Failure, as an encode does that cannot be planned.
 */
export function canBeginEarly(
  source: ProbedSource,
  { format, quality, options }: Asked,
  resampler: Resampler,
  limits: Pick<SplitFacts, 'leastSeconds' | 'outputBytes'>,
): boolean {
  const { facts } = source;
  const { plan } = planConversion(source, format, quality, options);
  if (!isByOrderAlone(plan) || !skipsWhatIsBefore({ plan, input: facts, resampler })) return false;
  return planSplit({ ...limits, plan, sourceCodec: facts.codec, skips: true, idleCores: 2 }) !== undefined;
}
