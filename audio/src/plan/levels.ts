/** What becomes of the level of the samples: how they are mixed, resampled, rounded and watched. */
import type { BitDepth, OutputFormat } from '@wavefleet/contracts/output-format.ts';
import type { ConversionOptions } from '@wavefleet/contracts/request.ts';
import { isDsd } from '@wavefleet/contracts/sample-rates.ts';
import type { ProbedSource } from '../probing/source.ts';
import type { ChannelChoice } from './layouts.ts';

/** The choices that `args/level-filters.ts` turns into filters. */
export interface LevelPlan {
  /** How the channels of the source become those of the result. */
  readonly channels: ChannelSteps;
  /** Bits that a resampler has to keep clean; undefined where the rate stays. */
  readonly resamplerBits: 20 | 28 | undefined;
  /** Where the resampler begins to filter, as a share of the new half rate; undefined for where it does by itself. */
  readonly passband: number | undefined;
  /** What is done to the sound on request. */
  readonly asked: AskedLevels;
  /** What had to be measured before: filled in by `loudness/settle.ts`, one after the other. */
  readonly found: FoundLevels;
  /** Round to 16 bits with triangular dither. */
  readonly dither: boolean;
  /** What is watched while the result is made; see `measuring/watched-levels.ts`. */
  readonly watch: Watch;
}

/** What options ask for. */
interface AskedLevels {
  /** 1 for as it is. */
  readonly speed: number;
  readonly fadeInSeconds: number;
  readonly fadeOutSeconds: number;
  /** Silence below this is left out at start and end; undefined for all of it stays. */
  readonly silenceDb: number | undefined;
  readonly loudness: AskedLoudness | undefined;
}

/** `targetLufs` is undefined when it is measured only. */
interface AskedLoudness {
  readonly targetLufs: number | undefined;
  readonly truePeakDbtp: number;
}

/** What cannot be known before somebody has listened. */
export interface FoundLevels {
  /** The part of the cut that is not silent, in samples of the source. */
  readonly sound?: { readonly startSample: number; readonly endSample: number | undefined };
  /** Samples of the result, which a fade at the end has to know. */
  readonly resultSamples?: number;
  readonly gain?: Gain;
}

/** A change of level. */
export interface Gain {
  readonly db: number;
  /** dBTP at which a limiter holds the peaks; undefined for none. */
  readonly limitDbtp: number | undefined;
  /** Taken off behind the limiter, where an encoder goes beyond the ceiling whatever it is given. */
  readonly cutDb: number;
}

/** How channels are led. */
interface ChannelSteps {
  /** What they are led to first; see `ChannelChoice`. */
  readonly led: ChannelChoice['led'];
  /** Unnamed channels that are folded to stereo by position; undefined where speakers are known. */
  readonly fold: number | undefined;
  /** Layout to convert to; undefined leaves the channels alone. */
  readonly layout: string | undefined;
  /** Whether some speaker has no place of its own: its sound comes to that of others, or goes. */
  readonly mixes: boolean;
}

/** Levels that may surprise. Each costs some time, so each is watched only where it can happen. */
interface Watch {
  /** Samples beyond so many dBFS, which the result does not hold as they are; undefined where there can be none. */
  readonly beyondDbfs: number | undefined;
  /** Channels of opposite phase, which are silent in mono. */
  readonly cancelling: boolean;
  /** Samples that are no sound; see `measuring/no-sound.ts`. */
  readonly noSound: boolean;
}

/** The source has samples that are no sound, of which the plan did not know: one for a source that `hasNoSound` is needed. */
export class NoSoundFound extends Error {}

/** What is known of the result when its levels are planned. */
interface Target {
  readonly entry: OutputFormat;
  readonly resample: boolean;
  /** Hz. */
  readonly sampleRate: number;
  readonly channels: ChannelChoice;
  /** Bits per sample of lossless results; 32 are a float. */
  readonly bitDepth: BitDepth | undefined;
  /** dBFS beyond which samples are not what they were; undefined where none is too large. */
  readonly mostDbfs: number | undefined;
}

/** Decides it. `target` has what `planConversion` has chosen before. */
export function planLevels(
  {
    facts,
    isFloat = facts.bitDepth === 0,
    hasNoSound = false,
  }: Pick<ProbedSource, 'facts' | 'isFloat' | 'hasNoSound'>,
  { entry, resample, sampleRate, channels, bitDepth, mostDbfs }: Target,
  options: ConversionOptions,
): LevelPlan {
  const fold = channels.foldByPosition ? facts.channels : undefined;
  const layout = channels.channels === 1 && channels.layout !== undefined ? 'mono' : channels.layout;
  const mixes = channels.downmixed || fold !== undefined;
  const asked = askedLevels(options);
  const isShaped = asked.speed !== 1 || asked.fadeInSeconds > 0 || asked.fadeOutSeconds > 0;
  const isChanged = resample || mixes || isShaped || asked.loudness?.targetLufs !== undefined;
  return {
    channels: { led: channels.led, fold, layout, mixes },
    resamplerBits: resample ? (entry.lossless ? 28 : 20) : undefined,
    passband: isDsd(facts.codec) && sampleRate > HEARD_RATE ? DSD_PASSBAND : undefined,
    asked,
    found: {},
    dither: bitDepth === 16 && options.dither !== false && (isFloat || isChanged || facts.bitDepth > 16),
    watch: {
      // A normalised mix of samples within full scale stays within.
      beyondDbfs: isFloat || resample || asked.speed !== 1 ? mostDbfs : undefined,
      cancelling: channels.channels === 1 && mixes,
      // Floats that stay floats are those of the source, whatever they are.
      noSound: STORED_FLOATS.test(facts.codec) && isFloat && !hasNoSound && (bitDepth !== 32 || isChanged),
    },
  };
}

/** Codecs that keep floats as they were written, whatever those are. What lossy ones decode to is always a number. */
const STORED_FLOATS = /^(pcm_f\d+[bl]e|wavpack|mp4als)$/;

/** dBFS: the noise of a quiet room in a usual recording. */
const SILENCE_DB = -50;
/** dBTP: what EBU R128 allows. */
const TRUE_PEAK_DBTP = -1;

function askedLevels(options: ConversionOptions): AskedLevels {
  const { speed = 1, fadeIn = 0, fadeOut = 0, silence, silenceThreshold = SILENCE_DB, loudness } = options;
  return {
    speed,
    fadeInSeconds: fadeIn,
    fadeOutSeconds: fadeOut,
    silenceDb: silence === 'trim' ? silenceThreshold : undefined,
    loudness: loudness && {
      targetLufs: loudness.mode === 'measure' ? undefined : loudness.target,
      truePeakDbtp: loudness.truePeak ?? TRUE_PEAK_DBTP,
    },
  };
}

/**
 * The plan, shaped as another result of the same source is. A fade at its end is left out: the plan may end elsewhere.
 * @param other the levels of that result, as they were carried out.
 */
export function shapedLike<Plan extends { readonly levels: LevelPlan }>(plan: Plan, other: LevelPlan): Plan {
  const { sound, gain } = other.found;
  const asked = { ...other.asked, fadeOutSeconds: 0, loudness: undefined };
  const found = { ...(sound && { sound }), ...(gain && { gain }) };
  return { ...plan, levels: { ...plan.levels, asked, found } };
}

/** Whether the result sounds other than its source: at another speed, with fades, without silence, or at another level. */
export function isShaped({ asked, found }: LevelPlan): boolean {
  const isAsked = asked.speed !== 1 || asked.fadeInSeconds > 0 || asked.fadeOutSeconds > 0;
  return isAsked || found.sound !== undefined || found.gain !== undefined;
}

/** The plan with what was found added. */
export function withFound<Plan extends { readonly levels: LevelPlan }>(plan: Plan, found: FoundLevels): Plan {
  return { ...plan, levels: { ...plan.levels, found: { ...plan.levels.found, ...found } } };
}

/**
 * DSD has its noise above 20 to 25 kHz. With this share the filter begins at 35 kHz for DSD64 (88.2 kHz), at 70 kHz for
 * the faster ones (176.4 kHz). FFmpeg lets libsoxr begin no earlier; to its own resampler it is the −6 dB point.
 */
const DSD_PASSBAND = 0.8;
/** Hz up to which any filter that begins early takes away what can be heard. */
const HEARD_RATE = 48_000;
