/** Whether a result is made in segments, and in which: a pure function of facts. */
import type { ConversionPlan } from '../plan/plan.ts';
import { earlyParts } from './early-parts.ts';
import { type SplitCodec, splitCodecOf } from './split-codecs.ts';

/** What decides. */
export interface SplitFacts {
  readonly plan: ConversionPlan;
  /** FFmpeg's name of the source's codec. */
  readonly sourceCodec: string;
  /** Cores that nobody uses, the one of this job among them. */
  readonly idleCores: number;
  /** Seconds that one process has to need, by expectation, for a result to be made in segments. */
  readonly leastSeconds: number;
  /** The largest result that may be written. Segments lie beside it. */
  readonly outputBytes: number;
  /** Whether the process of a segment reads nothing of what is before it. Default: each begins at the start. */
  readonly skips?: boolean;
  /** Seconds in which a source is likely to come, from its beginning on, when it is asked for. Default: all of it is there. */
  readonly arrivingSeconds?: number | undefined;
}

/** In which segments a result is made. Figures are frames of the result. */
export interface SplitPlan {
  readonly codec: SplitCodec;
  readonly frameSamples: number;
  readonly warmUp: number;
  readonly lookAhead: number;
  /** Where segments take over: 0 and rising, two at least. */
  readonly takeOvers: readonly number[];
  /** How many are made at once. */
  readonly lanes: number;
  /** What segments, what is joined of them, and the result may take on the disk. */
  readonly diskBytes: number;
}

/** More processes than this gain little: all of them decode the source from its start. */
const MOST_SEGMENTS = 16;
/** What one more segment has to save of the time, for the processor time that it costs. */
const LEAST_GAIN = 0.08;
/** What all processes together may need, as a multiple of what one does. */
const MOST_EFFORT = 1.5;
/** Seconds that starting one more FFmpeg and joining takes. */
const START_SECONDS = 0.1;
/** A segment is at least so many times as long as what it is encoded in vain. */
const LEAST_LENGTH = 4;
/** Results, segments and what a joiner needs between them: so many times the result. */
const COPIES = 3;

/** A segment of a result that is kept is at least this part of the shortest such result. */
const LEAST_KEPT_PART = 1 / 8;
/** Each one that is kept is a few calls to S3 and the record. */
const MOST_KEPT = 32;
/** What all segments that are kept may need together, as a multiple of what one process does: there may be no other core. */
const MOST_KEPT_EFFORT = 1.2;

/**
 * In which segments a very long result is made that outlive the process. By the plan alone: another attempt has to come to
 * the same ones. Undefined where that is not done.
 * @param leastSeconds of the result, from which on it counts as very long.
 */
export function planKept(
  facts: Pick<SplitFacts, 'plan' | 'sourceCodec' | 'outputBytes'>,
  leastSeconds: number,
): SplitPlan | undefined {
  const can = splittable(facts);
  if (can === undefined || can.seconds < leastSeconds || can.isEstimate) return undefined;
  // Found out by listening, which each attempt would have to do anew.
  if (can.codec.settle !== undefined) return undefined;
  const { skipping, encoding, seconds } = can;
  const most = Math.min(MOST_KEPT, can.longest, Math.floor(seconds / (leastSeconds * LEAST_KEPT_PART)));
  let count = 1;
  while (count < most) {
    const more = count + 1;
    if (shareOf(more, skipping, encoding) * more > (skipping + encoding) * MOST_KEPT_EFFORT) break;
    count = more;
  }
  return count < 2 ? undefined : planOf(can, count, count);
}

/** Undefined for one process. Asks for no fact that costs anything, so it can be asked with one core more to look ahead. */
export function planSplit(facts: SplitFacts): SplitPlan | undefined {
  const { idleCores, leastSeconds } = facts;
  if (idleCores < 2) return undefined;
  const can = splittable(facts);
  if (can === undefined || can.skipping + can.encoding < leastSeconds) return undefined;
  if (can.codec.settle !== undefined && facts.skips !== true) return undefined;
  const { frames, warmUp, lookAhead } = can;
  const { skipping, encoding } = facts.skips === true ? withoutSkipping(can) : can;
  const most = Math.min(idleCores, can.isEstimate ? 2 : MOST_SEGMENTS, can.longest);

  const inVain = (encoding * (warmUp + lookAhead)) / frames + START_SECONDS;
  let count = 1;
  let least = skipping + encoding;
  for (let more = 2; more <= most; more += 1) {
    const time = shareOf(more, skipping, encoding) + inVain;
    if (time > least * (1 - LEAST_GAIN) || time * more > (skipping + encoding) * MOST_EFFORT) break;
    [count, least] = [more, time];
  }
  if (count < 2) return undefined;
  const planned = planOf({ ...can, skipping, encoding }, count, count);
  const { skips, arrivingSeconds } = facts;
  // Where places have to be found, more of them cost more than is won.
  if (skips !== true || can.codec.settle !== undefined) return planned;
  const early = earlyParts({
    lanes: count,
    frames,
    encoding,
    inVain,
    longest: can.longest,
    arrivingSeconds,
  });
  return early === undefined ? planned : { ...planned, takeOvers: early };
}

/** What each segment would do up to its start as well, it does within itself alone. */
function withoutSkipping({ skipping, encoding }: Splittable): Pick<Splittable, 'skipping' | 'encoding'> {
  return { skipping: 0, encoding: skipping + encoding };
}

/** A result that may be made in segments, in any number of them up to `longest`. */
interface Splittable extends Omit<SplitPlan, 'takeOvers' | 'lanes'> {
  readonly seconds: number;
  readonly frames: number;
  /** CPU seconds for all of it: what every segment has to do up to its end, and what each does for itself. */
  readonly skipping: number;
  readonly encoding: number;
  /** The number of segments that are just long enough. */
  readonly longest: number;
  /** What a header only estimates may be far shorter, and then later segments would be empty. */
  readonly isEstimate: boolean;
}

/** Undefined where seams are not proven, nobody knows how long it lasts, or it would be too large. */
function splittable(facts: Pick<SplitFacts, 'plan' | 'sourceCodec' | 'outputBytes'>): Splittable | undefined {
  const { plan } = facts;
  const codec = splitCodecOf(plan);
  const seconds = plan.expectedSeconds;
  if (codec === undefined || codec.proves?.(plan) === false || seconds === null) return undefined;
  const diskBytes = mostBytes(plan, seconds) * COPIES;
  if (diskBytes > facts.outputBytes) return undefined;
  const frameSamples = codec.frameSamples(plan.sampleRate);
  const framesOf = (of: number): number => Math.ceil((of * plan.sampleRate) / frameSamples);
  const warmUp = framesOf(codec.warmUpSeconds);
  const lookAhead = framesOf(codec.lookAheadSeconds);
  const frames = framesOf(seconds);
  const longest = Math.floor(frames / (LEAST_LENGTH * (warmUp + lookAhead)));
  const isEstimate = !Number.isFinite(plan.expectedSlackSeconds);
  const costs = costsOf(facts, codec, seconds);
  return {
    codec,
    frameSamples,
    warmUp,
    lookAhead,
    diskBytes,
    seconds,
    frames,
    longest,
    isEstimate,
    ...costs,
  };
}

function planOf(
  { codec, frameSamples, warmUp, lookAhead, diskBytes, frames, skipping, encoding }: Splittable,
  count: number,
  lanes: number,
): SplitPlan {
  const cuts = takeOvers(count, frames, skipping, encoding);
  return { codec, frameSamples, warmUp, lookAhead, takeOvers: cuts, lanes, diskBytes };
}

/**
 * Seconds for each of `count` processes that end at the same time. Each decodes all that is before its end, and encodes
 * its own part: with d for decoding and e for encoding all of it, x(n+1)·d + (x(n+1) − x(n))·e = T, and x(count) = 1.
 */
function shareOf(count: number, skipping: number, encoding: number): number {
  if (skipping === 0) return encoding / count;
  const shrinks = encoding / (encoding + skipping);
  return skipping / (1 - shrinks ** count);
}

function takeOvers(count: number, frames: number, skipping: number, encoding: number): number[] {
  const time = shareOf(count, skipping, encoding);
  const ends = [0];
  for (let at = 0; ends.length < count; ) {
    at = (time + encoding * at) / (encoding + skipping);
    ends.push(Math.round(at * frames));
  }
  return ends;
}

/** CPU seconds for the whole of it: before the encoder, which every segment has to do, and by it. */
function costsOf(
  { plan, sourceCodec }: Pick<SplitFacts, 'plan' | 'sourceCodec'>,
  codec: SplitCodec,
  seconds: number,
) {
  const { levels, sourceRate, sampleRate, channels } = plan;
  const hours = seconds / 3600;
  const source = (sourceRate * channels) / 88_200;
  const result = (sampleRate * channels) / 88_200;
  const steps = [
    [true, /^pcm_/.test(sourceCodec) ? 0.6 : 4.2, source],
    [plan.md5 !== undefined, 1.5, source],
    [levels.resamplerBits !== undefined, 4, Math.max(source, result)],
    [levels.channels.mixes || levels.watch.cancelling || levels.watch.beyondDbfs !== undefined, 1.5, source],
    [levels.asked.speed !== 1, 18, result],
    [levels.found.gain?.limitDbtp !== undefined, 45, result],
  ] as const;
  const skipping = steps.reduce((sum, [applies, cost, factor]) => sum + (applies ? cost * factor : 0), 0);
  return { skipping: hours * skipping, encoding: hours * codec.secondsPerHour * result };
}

/** Of a result: what its bitrate or its samples take. */
function mostBytes(
  { quality, sampleRate, channels, bitDepth = 16 }: ConversionPlan,
  seconds: number,
): number {
  const kbps = quality !== undefined && 'kbps' in quality ? quality.kbps * 1.2 : undefined;
  const lossy = quality === undefined ? undefined : (kbps ?? 250 * channels);
  return seconds * (lossy === undefined ? (sampleRate * channels * bitDepth) / 8 : lossy * 125);
}
