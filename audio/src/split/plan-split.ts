/** Whether a result is made in segments, and in which: a pure function of facts. */
import type { ConversionPlan } from '../plan/plan.ts';
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
}

/** In which segments a result is made. Figures are frames of the result. */
export interface SplitPlan {
  readonly codec: SplitCodec;
  readonly frameSamples: number;
  readonly warmUp: number;
  readonly lookAhead: number;
  /** Where segments take over: 0 and rising, two at least. */
  readonly takeOvers: readonly number[];
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

/** Undefined for one process. Asks for no fact that costs anything, so it can be asked with one core more to look ahead. */
export function planSplit(facts: SplitFacts): SplitPlan | undefined {
  const { plan, idleCores, leastSeconds } = facts;
  const codec = splitCodecOf(plan);
  const seconds = plan.expectedSeconds;
  if (codec === undefined || codec.proves?.(plan) === false) return undefined;
  if (seconds === null || idleCores < 2) return undefined;
  const { skipping, encoding } = costsOf(facts, codec, seconds);
  const diskBytes = mostBytes(plan, seconds) * COPIES;
  if (skipping + encoding < leastSeconds || diskBytes > facts.outputBytes) return undefined;

  const frameSamples = codec.frameSamples(plan.sampleRate);
  const framesOf = (of: number): number => Math.ceil((of * plan.sampleRate) / frameSamples);
  const warmUp = framesOf(codec.warmUpSeconds);
  const lookAhead = framesOf(codec.lookAheadSeconds);
  const frames = framesOf(seconds);
  const longest = Math.floor(frames / (LEAST_LENGTH * (warmUp + lookAhead)));
  // What a header only estimates may be far shorter, and then later segments would be empty.
  const isEstimate = !Number.isFinite(plan.expectedSlackSeconds);
  const most = Math.min(idleCores, isEstimate ? 2 : MOST_SEGMENTS, longest);

  const inVain = (encoding * (warmUp + lookAhead)) / frames + START_SECONDS;
  let count = 1;
  let least = skipping + encoding;
  for (let more = 2; more <= most; more += 1) {
    const time = shareOf(more, skipping, encoding) + inVain;
    if (time > least * (1 - LEAST_GAIN) || time * more > (skipping + encoding) * MOST_EFFORT) break;
    [count, least] = [more, time];
  }
  if (count < 2) return undefined;
  const cuts = takeOvers(count, frames, skipping, encoding);
  return { codec, frameSamples, warmUp, lookAhead, takeOvers: cuts, diskBytes };
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
function costsOf({ plan, sourceCodec }: SplitFacts, codec: SplitCodec, seconds: number) {
  const { levels, sourceRate, sampleRate, channels } = plan;
  const hours = seconds / 3600;
  const source = (sourceRate * channels) / 88_200;
  const result = (sampleRate * channels) / 88_200;
  const steps = [
    [true, /^pcm_/.test(sourceCodec) ? 0.6 : 4.2, source],
    [plan.md5 !== undefined, 1.5, source],
    [levels.resamplerBits !== undefined, 4, Math.max(source, result)],
    [levels.channels.mixes || levels.watch.cancelling || levels.watch.clipping, 1.5, source],
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
