/** The filters that mix, resample, shape and round the samples: pure functions of the plan. */
import { encoderOf } from '../encoders.ts';
import type { Gain } from '../plan/levels.ts';
import type { ConversionPlan } from '../plan/plan.ts';
import { GENTLE_HZ, gentle, type Resampler } from '../resampler.ts';
import { FROM_ZERO } from './filter-chain.ts';
import { MIX } from './mix.ts';
import { watchBeforeMono, watchClipping, watchMono, watchNoSound } from './watch-filters.ts';

/** What the filters need to know of the place where they run. */
export interface LevelPlace {
  readonly resampler: Resampler;
  /** How the files in the folder begin that filters write to. */
  readonly levels: string;
  /** Default: the source can be looked at once more. */
  readonly looksOnce?: boolean;
}

/** For an encoder, in the order in which the samples pass them. Goes behind the filters that cut. */
export function levelFilters(plan: ConversionPlan, place: LevelPlace): string[] {
  const loss = encoderOf(plan.format).loss?.(plan) ?? 1;
  const makeUp = loss === 1 ? [] : [`volume=${(1 / loss).toFixed(4)}:precision=float`];
  const dither = plan.levels.dither ? ['dither_method=triangular'] : [];
  const before = [...channelFilters(plan), ...watchBeforeMono(plan)];
  const mono = watchMono(plan, place);
  const last = [...makeUp, ...watchNoSound(plan, place)];
  const between = [...shaping(plan, place), ...watchClipping(plan, place)];
  // One step does it all, unless something happens to the samples in between.
  if (between.length === 0) return [...before, ...reshape(plan, place, dither), ...mono, ...last];
  const rounding = dither.length === 0 ? [] : [`aresample=${dither.join(':')}`];
  return [...before, ...reshape(plan, place), ...mono, ...between, ...rounding, ...last];
}

/** The same sound for meters: floats, before it is rounded. */
export function meteredFilters(plan: ConversionPlan, place: LevelPlace): string[] {
  return [...channelFilters(plan), ...reshape(plan, place), ...shaping(plan, place)];
}

/** The silence that is left out, then steps that need no arithmetic or name no speakers. */
function channelFilters(plan: ConversionPlan): string[] {
  const { found, channels } = plan.levels;
  const filters: string[] = [];
  if (found.sound !== undefined) {
    const { startSample, endSample } = found.sound;
    const end = endSample === undefined ? '' : `:end_sample=${endSample}`;
    filters.push(`atrim=start_sample=${startSample}${end}`, FROM_ZERO);
  }
  if (channels.fold !== undefined) filters.push(foldToStereo(channels.fold));
  if (channels.led !== undefined) filters.push(...lead(channels.led));
  return filters;
}

/**
 * Each channel as it is, at another place, without arithmetic. From one layout to another of as many channels, `pan` would mix
 * by the names of their speakers besides: there it goes by one more channel, which is silent.
 */
function lead({ layout, places }: NonNullable<ConversionPlan['levels']['channels']['led']>): string[] {
  const steps = (from: readonly (number | undefined)[]): string =>
    from.map((one, at) => (one === undefined ? '' : `|c${at}=c${one}`)).join('');
  const count = 1 + Math.max(...places.map((one) => one ?? 0));
  const apart = Array.from({ length: count }, (_, index) => index);
  return [
    ...(count === places.length ? [`pan=${count + 1}c${steps(apart)}`] : []),
    `pan=${layout}${steps(places)}`,
  ];
}

/** Even channels to the left, odd ones to the right; `<` scales the sums so that they cannot clip. */
function foldToStereo(channels: number): string {
  const names = Array.from({ length: channels }, (_, index) => `c${index}`);
  const side = (first: 0 | 1): string => names.filter((_, index) => index % 2 === first).join('+');
  return `pan=stereo|c0<${side(0)}|c1<${side(1)}`;
}

/** Rate and channels in one `aresample`: to what the encoder takes, with `rounded`, or to floats without it. */
function reshape(plan: ConversionPlan, place: LevelPlace, rounded?: readonly string[]): string[] {
  const resampler = resamplerFor(plan, place);
  const { channels, resamplerBits, passband } = plan.levels;
  const options = [
    ...(resamplerBits === undefined ? [] : [String(plan.sampleRate), ...resampler.options(resamplerBits)]),
    ...(resamplerBits === undefined || passband === undefined ? [] : [`cutoff=${passband}`]),
    ...(channels.mixes ? MIX : []),
    // Sums and filtered samples of 16 bits need more than 16 bits.
    ...(resamplerBits !== undefined || channels.mixes ? ['internal_sample_fmt=fltp'] : []),
    ...(rounded ?? []),
  ];
  const format = [
    ...(rounded === undefined ? ['sample_fmts=fltp'] : []),
    ...(channels.layout === undefined ? [] : [`channel_layouts=${channels.layout}`]),
  ];
  return [
    ...(options.length === 0 ? [] : [`aresample=${options.join(':')}`]),
    ...(format.length === 0 ? [] : [`aformat=${format.join(':')}`]),
  ];
}

/** The place's own, unless the encoder drops all that a gentler one does not get right. */
function resamplerFor({ format, sourceRate, sampleRate }: ConversionPlan, place: LevelPlace): Resampler {
  const { topHz = Number.POSITIVE_INFINITY } = encoderOf(format);
  return topHz + GENTLE_HZ <= Math.min(sourceRate, sampleRate) / 2 ? gentle : place.resampler;
}

/** Speed, fades and gain: whatever was asked for, on floats of the result's rate. */
function shaping(plan: ConversionPlan, place: LevelPlace): string[] {
  const { asked, found } = plan.levels;
  const filters: string[] = [];
  // Without some silence behind it, `atempo` swallows the last window, and short sounds whole.
  if (asked.speed !== 1)
    filters.push(
      `apad=pad_len=${Math.ceil(plan.sampleRate / 20)}`,
      `atempo=${asked.speed}`,
      // It takes no planes: left to FFmpeg, the sound may be integers from here on, cut at full scale before it is watched.
      'aformat=sample_fmts=flt',
    );
  if (asked.fadeInSeconds > 0) filters.push(`afade=t=in:ns=${samplesOf(asked.fadeInSeconds, plan)}`);
  if (asked.fadeOutSeconds > 0 && found.resultSamples !== undefined) {
    const samples = Math.min(samplesOf(asked.fadeOutSeconds, plan), found.resultSamples);
    filters.push(`afade=t=out:ss=${found.resultSamples - samples}:ns=${samples}`);
  }
  return found.gain === undefined ? filters : [...filters, ...gainFilters(found.gain, plan, place)];
}

function samplesOf(seconds: number, { sampleRate }: ConversionPlan): number {
  return Math.max(1, Math.round(seconds * sampleRate));
}

/** True peaks lie between samples: BS.1770 looks at four times 48 kHz, and so the limiter does. */
const TRUE_PEAK_RATE = 176_400;

/** The gain, and a limiter where it is needed. Its look-ahead is made up for (`latency`), its own make-up gain is off. */
function gainFilters(
  { db, limitDbtp, cutDb }: Gain,
  plan: ConversionPlan,
  { resampler }: LevelPlace,
): string[] {
  if (limitDbtp === undefined) return [`volume=${(db - cutDb).toFixed(3)}dB:precision=float`];
  const times = [4, 2, 1].find((factor) => plan.sampleRate * factor <= 2 * TRUE_PEAK_RATE) ?? 1;
  const rate = (hz: number): string[] =>
    times === 1 ? [] : [`aresample=${[hz, ...resampler.options(20), 'internal_sample_fmt=fltp'].join(':')}`];
  return [
    ...rate(plan.sampleRate * times),
    `volume=${db.toFixed(3)}dB:precision=double`,
    `alimiter=limit=${(10 ** (limitDbtp / 20)).toFixed(5)}:attack=5:release=80:level=0:latency=1`,
    ...rate(plan.sampleRate),
    ...(cutDb === 0 ? [] : [`volume=${(-cutDb).toFixed(3)}dB`]),
    'aformat=sample_fmts=fltp',
  ];
}
