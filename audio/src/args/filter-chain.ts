/** What happens to the samples between decoder and encoder. */
import type { ConversionPlan } from '../plan/plan.ts';
import { swr } from '../resampler.ts';
import { MIX } from './mix.ts';
import { layoutName, type PcmShape, sampleFormats } from './pcm-shape.ts';

/**
 * Silence where a source has none of its sound, by its timestamps: packets that were lost on the way, pauses that Opus
 * does not send. Differences below 30 ms are taken for jitter of whoever wrote them, and add up until
 * they are none. Only for containers whose timestamps are real; see `hasRealTimes` in `probing/timestamps.ts`.
 */
const FILL_HOLES = 'aresample=async=1:min_hard_comp=0.03';
/** In the source's rate: else FFmpeg has this filter make that of the result, and a cut would count other samples. */
const fillHoles = ({ sourceRate }: ConversionPlan): string => `${FILL_HOLES}:osr=${sourceRate}`;

/**
 * Time is counted in samples from 0. A source that begins late (WMA by 92 ms, videos) is moved to the start. FFmpeg cuts
 * fractions off, and of quotients the next whole number may be above: a result would last a sample less.
 */
export const FROM_ZERO = 'asetpts=round(N/SR/TB)';

/**
 * The value of `-af` before an encoder or a meter: time from zero, then the cut, then `rest`.
 * @param from plain samples have no holes: the process that made them has filled them.
 */
export function filterChain(
  plan: ConversionPlan,
  from: 'source' | 'samples',
  rest: readonly string[],
): string {
  const filters = [
    ...cutPeaks(plan),
    ...(plan.fillHoles && from === 'source' ? [fillHoles(plan)] : []),
    FROM_ZERO,
  ];
  // Silence that was asked for, exact to the sample.
  if (plan.leadSamples > 0) filters.push(`adelay=delays=${plan.leadSamples}S:all=1`);
  if (plan.cut !== undefined) {
    // On decoded samples and therefore exact; `-ss` is off by hundreds of samples on Ogg (measured).
    const { startSample, endSample } = plan.cut;
    const end = endSample === undefined ? '' : `:end_sample=${endSample}`;
    filters.push(`atrim=start_sample=${startSample}${end}`, FROM_ZERO);
  }
  if (plan.leastSamples !== undefined) filters.push(`apad=whole_len=${plan.leastSamples}`);
  return [...filters, ...rest].join(',');
}

/**
 * The value of `-af` before a pipe: whatever shape a part of the sound has, it comes out in this one. FFmpeg builds these
 * filters anew for each part; nothing in them counts, so nothing begins again. The cut is for the second process.
 */
export function fixedShape(plan: ConversionPlan, shape: PcmShape): string {
  return [
    ...cutPeaks(plan),
    ...(plan.fillHoles ? [FILL_HOLES] : []),
    // Mixes that cannot clip, as everywhere. What a resampler holds when its part ends is lost with it: up to 38 ms in
    // SoX's, 2 ms (6 ms from 16 kHz on) in this one.
    `aresample=${[...MIX, ...swr.options(28)].join(':')}`,
    `aformat=sample_fmts=${sampleFormats[shape.samples]}:sample_rates=${shape.sampleRate}:channel_layouts=${layoutName(shape)}`,
  ].join(',');
}

/** Integers: all that is beyond full scale becomes full scale, and so does what is no number. 32 bits of them keep the rest. */
function cutPeaks({ cutsPeaks }: ConversionPlan): string[] {
  return cutsPeaks ? ['aformat=sample_fmts=s32'] : [];
}
