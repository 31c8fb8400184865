/** The plan of a conversion: every choice is made here, none is left to FFmpeg. */
import { askedQuality, fitQuality } from '@wavefleet/contracts/encoder-quality.ts';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { type FormatName, outputFormat } from '@wavefleet/contracts/formats.ts';
import type { Warning } from '@wavefleet/contracts/job.ts';
import type { BitDepth } from '@wavefleet/contracts/output-format.ts';
import {
  type ConversionOptions,
  type EncoderQuality,
  isFigure,
  type Quality,
} from '@wavefleet/contracts/request.ts';
import { chooseRate, rateOfSource } from '@wavefleet/contracts/sample-rates.ts';
import { encoderOf } from '../encoders.ts';
import type { SoundMd5 } from '../probing/flac-md5.ts';
import { declaredSeconds, type ProbedSource } from '../probing/source.ts';
import { hasRealTimes, mayBeChain } from '../probing/timestamps.ts';
import type { Chapter } from '../tags/chapters.ts';
import { chooseChannels } from './layouts.ts';
import { type LevelPlan, planLevels } from './levels.ts';
import { planTags, type Tags } from './plan-tags.ts';
import { type PlanWarningCode, planWarning } from './plan-warnings.ts';

/** Everything about one conversion that `args/encode-args.ts` needs; each choice is made, nothing is left to FFmpeg. */
export interface ConversionPlan {
  readonly format: FormatName;
  readonly audioStream: number;
  /** Silence before the sound, in samples of the source: what a late sound keeps of the timeline. */
  readonly leadSamples: number;
  /** Hz of the result. */
  readonly sampleRate: number;
  /** Hz of the source, which `cut` counts in. */
  readonly sourceRate: number;
  readonly channels: number;
  readonly levels: LevelPlan;
  /** Bits per sample of lossless results; 32 are a float. */
  readonly bitDepth: BitDepth | undefined;
  readonly quality: EncoderQuality | undefined;
  /** The part that is converted; undefined for all of it. */
  readonly cut: Cut | undefined;
  /** The tags to write, by FFmpeg's names for them; empty for none. */
  readonly tags: Tags;
  /** Whether any of them has several values. */
  readonly severalValues: boolean;
  /** The language of the sound as the source has it; undefined for none. */
  readonly language: string | undefined;
  /** The chapters to write, in seconds of the result; empty for none. */
  readonly chapters: readonly Chapter[];
  /** Index of the source's picture to carry over, if any. */
  readonly coverStream: number | undefined;
  /** The least length of the result, in samples of the source; a shorter one gets silence at its end. */
  readonly leastSamples: number | undefined;
  /** Whether the picture that lies beside the source becomes the cover. */
  readonly setsCover: boolean;
  /** The source is cut at full scale before all else, where some samples are no sound; see `measuring/no-sound.ts`. */
  readonly cutsPeaks: boolean;
  /** Where the timestamps of the source leave a hole, silence is put. */
  readonly fillHoles: boolean;
  /** The source is read from its start to its end, without a look ahead; see `probing/timestamps.ts`. */
  readonly readsOn: boolean;
  /** What the decoded source must come to; undefined where it is not decoded whole, or does not say. */
  readonly md5: SoundMd5 | undefined;
  /** Stop at the first damaged frame; plain samples that go up to the end of the file have none. */
  readonly strict: boolean;
  /** How long the result should be in seconds; null when the source declares no duration. */
  readonly expectedSeconds: number | null;
  /** How many seconds an undamaged source may differ from that; Infinity when it is a mere estimate. */
  readonly expectedSlackSeconds: number;
}

/** A part of the source, in its own decoded samples, counted from 0; with a lead, from the lead's start. */
interface Cut {
  readonly startSample: number;
  /** The first sample that is left out; undefined for up to the end. */
  readonly endSample: number | undefined;
}

/** Lossy codecs make nothing of a few samples: each in its own way, from no result at all to one that lasts 0 s. */
const LEAST_SECONDS = 0.01;
/** A sound that begins this much after its picture is noticed (ITU-R BT.1359: 45 ms early, 125 ms late). */
const NOTICEABLE_SECONDS = 0.05;

/** A plan, and what the user should know about it. */
export interface PlannedConversion {
  readonly plan: ConversionPlan;
  readonly warnings: readonly Warning[];
}

/**
 * Decides every parameter of a conversion and says what the user should know about the choices.
 * `format`, `quality` and `options` have passed `findRequestProblem`, `source` has passed `checkFacts`.
 * Throws INVALID_OPTION when the trim begins behind the declared end.
 */
export function planConversion(
  source: ProbedSource,
  format: FormatName,
  quality: Quality | undefined,
  options: ConversionOptions,
): PlannedConversion {
  const { facts } = source;
  const entry = outputFormat(format);
  const warnings: Warning[] = [...(source.notes ?? [])];
  const warn = (code: PlanWarningCode, values: Record<string, string | number> = {}): void => {
    warnings.push(planWarning(code, values));
  };

  if (source.hasNoSound === true) warn('SAMPLES_INVALID');
  const tracks = facts.tracks?.length ?? 1;
  if (source.skippedTrack !== undefined) {
    warn('TRACK_SKIPPED', { from: source.skippedTrack, to: facts.track ?? 1 });
  } else if (tracks > 1 && options.track === undefined) {
    warn('OTHER_TRACKS', { count: tracks, track: facts.track ?? 1 });
  }
  const leadSeconds = options.timeline === 'keep' ? source.lateSeconds : 0;
  if (options.timeline === undefined && source.lateSeconds > NOTICEABLE_SECONDS) {
    warn('SOUND_STARTS_LATE', { late: source.lateSeconds.toFixed(2) });
  }

  const wantedRate = options.sampleRate ?? rateOfSource(facts);
  const sampleRate = chooseRate(entry, wantedRate);
  if (sampleRate < wantedRate) {
    warn('RESAMPLED', { from: facts.sampleRate, to: sampleRate });
  }

  const channels = chooseChannels(
    format,
    { channels: facts.channels, layout: source.layout },
    options.channels,
  );
  // Who asks for fewer asks for a mix; who asks for more does not.
  const isAskedFor = options.channels === channels.channels && channels.channels < facts.channels;
  if (channels.downmixed && !isAskedFor) {
    warn('DOWNMIXED', { from: facts.channels, to: channels.channels });
  }

  const bitDepth = entry.lossless ? (options.bitDepth ?? (facts.bitDepth > 16 ? 24 : 16)) : undefined;
  if (bitDepth !== undefined && options.bitDepth === undefined && facts.bitDepth > bitDepth) {
    warn('BIT_DEPTH_REDUCED', { from: facts.bitDepth, to: bitDepth });
  }

  if (entry.quality === undefined && quality !== undefined) {
    warn(entry.lossless ? 'QUALITY_IGNORED' : 'QUALITY_FIXED', { format: entry.label });
  }
  const asked = entry.quality && askedQuality(entry.quality, quality, channels.channels);
  const fitted = asked && fitQuality(entry.quality, asked, sampleRate, channels.channels);
  // The steps low, medium and high promise no figure, so moving them is nothing to warn of.
  if (asked && fitted && quality !== undefined && isFigure(quality) && fitted.change !== 'none') {
    const from = 'kbps' in asked ? asked.kbps : 0;
    if ('q' in fitted.quality) warn('BITRATE_AS_QUALITY', { from, to: fitted.quality.q });
    else if ('kbps' in fitted.quality)
      warn(fitted.change === 'raised' ? 'BITRATE_RAISED' : 'BITRATE_REDUCED', {
        from,
        to: fitted.quality.kbps,
      });
  }

  const asksCover = options.setCover !== undefined;
  const wantsCover = facts.hasCover && options.cover !== false && !asksCover;
  const carriesCover = wantsCover && entry.cover && source.pictureStream !== undefined;
  const setsCover = asksCover && entry.cover;
  if ((wantsCover && !carriesCover) || (asksCover && !setsCover)) warn('COVER_DROPPED');

  const { trimStart = 0, trimEnd } = options;
  const cut = cutOf(trimStart, trimEnd, facts.sampleRate);
  // An estimated duration is no reason to refuse or to warn.
  const sounding = declaredSeconds(source);
  const declared = sounding === null ? null : sounding + leadSeconds;
  if (declared !== null && trimStart >= declared) {
    throw new Failure('INVALID_OPTION', {
      detail: { field: 'options.trimStart', durationSeconds: declared },
    });
  }
  const whole = source.promisedSeconds ?? facts.durationSeconds;
  const wholeSeconds = whole === null ? null : whole + leadSeconds;
  const promised = declared === null ? null : (wholeSeconds ?? declared);
  if (trimEnd !== undefined && promised !== null && trimEnd > promised + 0.05) {
    warn('TRIM_BEYOND_END', { end: promised });
  }

  const promisedPart = expectedSeconds(wholeSeconds, options);
  // Nothing at all is not padded: that is a source without sound.
  const isTooShort =
    !entry.lossless && promisedPart !== null && promisedPart > 0 && promisedPart < LEAST_SECONDS;
  if (isTooShort) warn('PADDED', { ms: LEAST_SECONDS * 1000 });

  const isLevelKept = channels.channels === facts.channels && options.loudness?.target === undefined;
  const { tags, chapters } = planTags(source, { format, options, isLevelKept }, warn);
  return {
    plan: {
      format,
      audioStream: source.audioStream,
      leadSamples: Math.round(leadSeconds * facts.sampleRate),
      sampleRate,
      sourceRate: facts.sampleRate,
      channels: channels.channels,
      levels: planLevels(
        source,
        {
          entry,
          resample: sampleRate !== facts.sampleRate,
          sampleRate,
          channels,
          bitDepth,
          mostDbfs: mostDbfs(format, bitDepth),
        },
        options,
      ),
      bitDepth,
      quality: fitted?.quality,
      cut,
      tags,
      severalValues: [...tags.values()].some((values) => values.length > 1),
      language: options.tags === false ? undefined : source.language,
      chapters,
      coverStream: carriesCover ? source.pictureStream : undefined,
      setsCover,
      cutsPeaks: source.hasNoSound === true,
      fillHoles: hasRealTimes(facts.container),
      readsOn: mayBeChain(facts.container),
      md5: cut === undefined ? source.md5 : undefined,
      strict: options.strict === true && source.isOpenEnded !== true,
      expectedSeconds: isTooShort ? LEAST_SECONDS : promisedPart,
      leastSamples: isTooShort ? Math.ceil(LEAST_SECONDS * facts.sampleRate) : undefined,
      expectedSlackSeconds:
        source.durationSlackSeconds + (options.speed === undefined ? 0 : SPEED_SLACK_SECONDS),
    },
    warnings,
  };
}

/** Integers end at full scale; of floats the encoder decides. */
function mostDbfs(format: FormatName, bitDepth: BitDepth | undefined): number | undefined {
  if (bitDepth === undefined) return encoderOf(format).mostDbfs;
  return bitDepth === 32 ? undefined : 0;
}

/** `atempo` works in windows of 1/24 s, and is given a bit of silence so that it plays the last one. */
const SPEED_SLACK_SECONDS = 0.1;

function expectedSeconds(
  declared: number | null,
  { trimStart = 0, trimEnd, speed = 1 }: ConversionOptions,
): number | null {
  if (declared === null) return null;
  return Math.max(0, Math.min(declared, trimEnd ?? declared) - trimStart) / speed;
}

/** Seconds become the nearest samples. */
function cutOf(trimStart: number, trimEnd: number | undefined, sampleRate: number): Cut | undefined {
  const startSample = Math.round(trimStart * sampleRate);
  const endSample = trimEnd === undefined ? undefined : Math.round(trimEnd * sampleRate);
  return startSample === 0 && endSample === undefined ? undefined : { startSample, endSample };
}
