/** One segment of a very long result, made for whoever joins it: from a probed source to a file in the folder. */
import { join } from 'node:path';
import { writeCompanions } from './companions/companions.ts';
import type { Order } from './convert.ts';
import { limitsOf } from './encode.ts';
import { DECODER_THREADS, type EncodeOptions } from './encode-options.ts';
import { encodeFiles, folderFiles } from './folder-files.ts';
import { planConversion } from './plan/plan.ts';
import type { ProbedSource } from './probing/source.ts';
import type { KeptSegment } from './segment-keeper.ts';
import { heardPart } from './split/heard-part.ts';
import { nameSegments, placeSegments } from './split/place-segments.ts';
import { planKept } from './split/plan-split.ts';
import { isByOrderAlone, runSegment } from './split/run-segment.ts';
import type { FolderTools } from './tools.ts';

/** Which segment, of which plan. */
export interface AskedSegment {
  /** What whoever joins calls the plan. */
  readonly plan: string;
  readonly index: number;
  /** Seconds of a result from which on its segments are kept. */
  readonly leastSeconds: number;
  /** Told which part of it is made, up to 1. Must not throw. */
  readonly onPart: (part: number) => void;
}

/** `whole`: with holes it cannot be made. `different`: this machine comes to other segments. */
export type MadeSegment =
  | { readonly kind: 'made'; readonly segment: KeptSegment; readonly isFit: boolean }
  | { readonly kind: 'whole' | 'different' };

/**
 * Plans as whoever joins has, and makes that segment.
 * @returns `isFit`: FFmpeg complained of nothing.
 * @throws as an encode does.
 */
export async function convertSegment(
  tools: FolderTools,
  source: ProbedSource,
  order: Order,
  asked: Omit<EncodeOptions, 'parallel' | 'onProgress'>,
  { plan: wanted, index, leastSeconds, onPart }: AskedSegment,
): Promise<MadeSegment> {
  const { holes, input } = asked;
  // Without what lies in a hole, it may look like another source.
  const other = { kind: holes === undefined ? 'different' : 'whole' } as const;
  const { plan } = planConversion(source, order.format, order.quality, order.options);
  const options = { ...asked, limits: limitsOf(plan.format, asked.limits) };
  const facts = { plan, sourceCodec: input.codec, outputBytes: options.limits.outputBytes };
  const split = isByOrderAlone(plan) ? planKept(facts, leastSeconds) : undefined;
  if (split === undefined) return other;
  const { threads = DECODER_THREADS } = asked;
  const files = encodeFiles(asked.output, plan.format);
  const { hasCarrier } = await writeCompanions(tools, plan, files);
  const setting = { files, hasCarrier, threads, resampler: tools.resampler };
  const segments = placeSegments(split, setting);
  const named = await nameSegments(tools, plan, { split, setting }, segments);
  const [placed, segment] = [segments[index], named.kept[index]];
  if (named.plan !== wanted || placed?.endSample === undefined || segment === undefined) return other;
  if (holes !== undefined) {
    const path = join(tools.cwd, folderFiles.input);
    const sound = { plan, input, resampler: tools.resampler };
    if ((await heardPart(path, sound, placed, holes.headBytes)) === undefined) return other;
  }
  const samples = placed.endSample - placed.startSample + placed.noiseSamples;
  const { damaged } = await runSegment(
    tools,
    plan,
    { split, setting, options, renewals: holes?.renewals, segment: placed },
    ({ writtenSeconds }) => onPart(Math.min(1, (writtenSeconds * plan.sampleRate) / samples)),
  );
  return { kind: 'made', segment, isFit: !damaged };
}
