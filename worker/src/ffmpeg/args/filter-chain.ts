/** What happens to the samples between decoder and encoder. */
import type { ConversionPlan } from '../plan/plan.ts';

/** The value of `-af`: time from zero, then the cut, then the channels. */
export function filterChain(plan: ConversionPlan): string {
  // Time is counted in decoded samples from 0. Sources that begin late (WMA by 92 ms, videos) or have holes
  // in their timestamps would otherwise give results that claim to be longer than their sound.
  const filters = ['asetpts=N/SR/TB'];
  if (plan.cut !== undefined) {
    // On decoded samples and therefore exact; `-ss` is off by hundreds of samples on Ogg (measured).
    const { startSample, endSample } = plan.cut;
    const end = endSample === undefined ? '' : `:end_sample=${endSample}`;
    filters.push(`atrim=start_sample=${startSample}${end}`, 'asetpts=N/SR/TB');
  }
  if (plan.foldChannels !== undefined) filters.push(foldToStereo(plan.foldChannels));
  if (plan.layout !== undefined) {
    filters.push(`aformat=channel_layouts=${plan.channels === 1 ? 'mono' : plan.layout}`);
  }
  return filters.join(',');
}

/** Even channels to the left, odd ones to the right; `<` scales the sums so that they cannot clip. */
function foldToStereo(channels: number): string {
  const names = Array.from({ length: channels }, (_, index) => `c${index}`);
  const side = (first: 0 | 1): string => names.filter((_, index) => index % 2 === first).join('+');
  return `pan=stereo|c0<${side(0)}|c1<${side(1)}`;
}
