/** The same result made by one process and joined of segments, and what differs where segments meet. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { FormatName } from '@wavefleet/contracts/formats.ts';
import type { ConversionOptions, Quality } from '@wavefleet/contracts/request.ts';
import { writeCompanions } from '../companions/companions.ts';
import { type makeBench, roomyLimits } from '../conversion.testing.ts';
import { encode } from '../encode.ts';
import { DECODER_THREADS } from '../encode-options.ts';
import { encodeFiles } from '../folder-files.ts';
import { type ConversionPlan, planConversion } from '../plan/plan.ts';
import { probe } from '../probing/probe.ts';
import type { RunResult } from '../process/run.ts';
import { listenAll } from '../samples.testing.ts';
import type { FolderTools } from '../tools.ts';
import { noiseOf, type Voice, type WrittenSound } from '../written-sound.testing.ts';
import { AAC_FRAME } from './aac/join-aac.ts';
import { encodeSplit } from './encode-split.ts';
import type { Joined } from './join.ts';
import type { SplitPlan } from './plan-split.ts';
import { splitCodecOf } from './split-codecs.ts';

/** Chords that swell, drum hits, and noise: what an encoder has to work for. */
export const music = (sampleRate: number, seconds: number, channels: 1 | 2 | 6 = 2): WrittenSound => ({
  ...{ sampleRate, seconds },
  voices: Array.from({ length: channels }, (_, n) => instrument(220 + 27 * n, 0.43 - 0.06 * n)),
});

const TAU = 2 * Math.PI;

function instrument(hz: number, hits: number): Voice {
  const noise = noiseOf(hz);
  return (t) =>
    0.12 *
      (1 + 0.6 * Math.sin(TAU * 0.21 * t)) *
      (Math.sin(TAU * hz * t) + Math.sin(TAU * hz * 1.26 * t) + Math.sin(TAU * hz * 1.5 * t)) +
    0.35 * Math.exp(-30 * (t % hits)) * Math.sin(TAU * 1_800 * t) +
    0.08 * noise();
}

/** What is to be made. */
export interface SeamOrder {
  readonly source: string;
  readonly format: FormatName;
  readonly quality?: Quality;
  readonly options?: ConversionOptions;
  readonly segments: number;
}

/** Results of one source. */
interface Results {
  readonly plan: ConversionPlan;
  readonly tools: FolderTools;
  /** The file of one process. */
  readonly single: string;
  /** Made in segments; `warmUpFrames` in place of the codec's own. */
  readonly join: (warmUpFrames?: number) => Promise<JoinedResult>;
}

/** A result that was made in segments. */
interface JoinedResult {
  /** Undefined where they could not be joined. */
  readonly file: string | undefined;
  /** What the processes said. */
  readonly run: RunResult | undefined;
  /** Where segments meet, in samples of the result. */
  readonly seams: readonly number[];
  /** Why the joiner gave up. */
  readonly problem: unknown;
}

/** Makes the result by one process, and lets it be made in segments in the same folder. */
export async function resultsOf(
  bench: Awaited<ReturnType<typeof makeBench>>,
  { source, format, quality, options = {}, segments }: SeamOrder,
): Promise<Results> {
  const tools = await bench.folderWith(source);
  const probed = await probe(tools);
  const { plan } = planConversion(probed, format, quality, options);
  const run = { input: probed.facts, limits: roomyLimits(probed.facts.durationSeconds) };
  const one = await encode(tools, plan, { ...run, output: 'single' });

  const joined = async (warmUpFrames?: number): Promise<JoinedResult> => {
    const files = encodeFiles(`joined-${warmUpFrames ?? 'well'}`, format);
    const { hasCarrier } = await writeCompanions(tools, plan, files);
    const setting = { files, hasCarrier, threads: DECODER_THREADS, resampler: tools.resampler };
    let seams: readonly number[] = [];
    let problem: unknown;
    const split = splitInto(plan, segments, warmUpFrames, async (joining) => {
      try {
        seams = (await joining).seams;
      } catch (error) {
        problem = error;
      }
    });
    const made = await encodeSplit(tools, plan, { plan: split }, { setting, options: run });
    return {
      file: made && join(tools.cwd, files.result),
      run: made,
      seams: seams.map((frame) => frame * split.frameSamples),
      problem,
    };
  };
  return { plan, tools, single: join(tools.cwd, one.fileName), join: joined };
}

/** Segments of one length, whatever the planner would say of it. */
function splitInto(
  plan: ConversionPlan,
  segments: number,
  warmUpFrames: number | undefined,
  watch: (joining: Promise<Joined>) => Promise<void>,
): SplitPlan {
  const codec = splitCodecOf(plan);
  if (codec === undefined) throw new Error(`${plan.format} is not made in segments`);
  const frameSamples = codec.frameSamples(plan.sampleRate);
  const framesOf = (seconds: number): number => Math.ceil((seconds * plan.sampleRate) / frameSamples);
  const frames = framesOf(plan.expectedSeconds ?? 0);
  return {
    frameSamples,
    diskBytes: 0,
    lanes: segments,
    warmUp: warmUpFrames ?? framesOf(codec.warmUpSeconds),
    lookAhead: framesOf(codec.lookAheadSeconds),
    takeOvers: Array.from({ length: segments }, (_, index) => Math.round((index * frames) / segments)),
    codec: {
      ...codec,
      ...(warmUpFrames !== undefined && { noiseFrames: 0 }),
      join: async (order, planned) => {
        const joining = codec.join(order, planned);
        await watch(joining);
        return await joining;
      },
    },
  };
}

/** Samples of a window, and how many windows belong to a seam on each side. */
const WINDOW = 512;
const WINDOWS_A_SIDE = 8;
/** The energy of half a step of 16 bits, a sample: less than that nobody hears, whatever its ratio is. */
const FLOOR = WINDOW * 2 ** -34;

/** How the windows of a kind compare with those of one process, in dB: below 0 the joined result is further off. */
export interface Changes {
  readonly min: number;
  readonly p5: number;
  readonly median: number;
  /** The largest error, as a multiple of what one process has around the same place. */
  readonly peakRatio: number;
  readonly count: number;
}

/** All channels of a sound. */
type Channels = readonly Float64Array[];

/** Compares two encodes with what they were made of, in windows around `places`. */
function changesAt(
  original: Channels,
  single: Channels,
  other: Channels,
  places: readonly number[],
): Changes {
  const changes: number[] = [];
  let peakRatio = 0;
  for (const place of places) {
    const [from, to] = [place - WINDOWS_A_SIDE * WINDOW, place + WINDOWS_A_SIDE * WINDOW];
    const peaks = { single: 2 ** -15, other: 2 ** -15 };
    for (const [channel, samples] of original.entries()) {
      for (let at = Math.max(0, from); at + WINDOW <= Math.min(to, samples.length); at += WINDOW) {
        const energy = { single: FLOOR, other: FLOOR };
        for (let index = at; index < at + WINDOW; index += 1) {
          const sample = samples[index] ?? 0;
          const mine = Math.abs((single[channel]?.[index] ?? 0) - sample);
          const others = Math.abs((other[channel]?.[index] ?? 0) - sample);
          energy.single += mine * mine;
          energy.other += others * others;
          peaks.single = Math.max(peaks.single, mine);
          peaks.other = Math.max(peaks.other, others);
        }
        changes.push(10 * Math.log10(energy.single / energy.other));
      }
    }
    peakRatio = Math.max(peakRatio, peaks.other / peaks.single);
  }
  const sorted = changes.toSorted((a, b) => a - b);
  const quantile = (q: number): number => sorted[Math.floor((sorted.length - 1) * q)] ?? 0;
  return { min: quantile(0), p5: quantile(0.05), median: quantile(0.5), peakRatio, count: changes.length };
}

function areSame(one: Channels, other: Channels): boolean {
  return (
    one.length > 0 &&
    one.length === other.length &&
    one.every((samples, channel) => {
      const others = other[channel];
      return samples.length === others?.length && samples.every((sample, at) => sample === others[at]);
    })
  );
}

/** Places between the seams, as far from them as can be, some for each. */
function placesBetween(seams: readonly number[], length: number): number[] {
  const bounds = [0, ...seams, length];
  return bounds.slice(1).flatMap((end, index) => {
    const start = bounds[index] ?? 0;
    return [0.3, 0.5, 0.7].map((share) => Math.round(start + (end - start) * share));
  });
}

/** What is found out about one kind of sound. */
export interface SeamStudy {
  /** The plan and the folder, with the result of one process in it. */
  readonly results: Results;
  readonly joined: JoinedResult;
  /** Samples that the joined result has more than the one of one process. */
  readonly lengthDifference: number;
  /** Whether every sample is the one that one process writes: then there is nothing to hear, with or without a warm-up. */
  readonly isSame: boolean;
  readonly atSeams: Changes;
  readonly elsewhere: Changes;
  /** Of another result of one process whose start is some frames later: how arbitrary an encoder is. */
  readonly arbitrary: Changes;
  /** Of segments that were not warmed up: the clicks that have to be seen. */
  readonly coldSeams: Changes | undefined;
  readonly isProven: boolean;
  readonly isColdProven: boolean;
}

/** How many frames later the other result of one process starts: no multiple of anything that encoders count in. */
const OTHER_START_FRAMES = 7;
/** dB by which seams may be worse than the same encoder is with another start, and its largest errors, as a factor. */
const TOLERANCE = { p5: 0.75, min: 3, peak: 1.25 };

/** Makes a result by one process, in segments, and in segments without warm-up; measures what their encoders did. */
export async function studySeams(
  bench: Awaited<ReturnType<typeof makeBench>>,
  order: SeamOrder,
): Promise<SeamStudy> {
  const results = await resultsOf(bench, order);
  const { plan } = results;
  const joined = await results.join();
  const cold = await results.join(0);
  const given = await bench.convert(order.source, 'wav', {
    ...order.options,
    sampleRate: plan.sampleRate as ConversionOptions['sampleRate'],
    channels: plan.channels as ConversionOptions['channels'],
    bitDepth: 32,
  });
  const start = OTHER_START_FRAMES * (splitCodecOf(plan)?.frameSamples(plan.sampleRate) ?? 0);
  const later = await bench.make(`later-${randomUUID()}.wav`, [
    ...['-i', given.file, '-af', `atrim=start_sample=${start}`, '-c:a', 'pcm_f32le'],
  ]);
  const other = await bench.convert(later, order.format, {}, order.quality);
  const files = [given.file, results.single, other.file, joined.file, cold.file];
  const heard = await listenAll(files.filter((file) => file !== undefined));
  const channelsOf = (file: string | undefined): Channels =>
    (file === undefined
      ? undefined
      : heard[files.filter((one) => one !== undefined).indexOf(file)]?.channels) ?? [];
  // ADTS cannot say what its encoder has put before the sound: it is heard, and all would be compared beside its place.
  const primingSamples = order.format === 'aac' ? AAC_FRAME : 0;
  const soundOf = (file: string | undefined): Channels =>
    channelsOf(file).map((samples) => samples.subarray(primingSamples));

  const [original, single] = [channelsOf(given.file), soundOf(results.single)];
  const length = original[0]?.length ?? 0;
  const { seams } = joined;
  const between = placesBetween(seams, length);
  const moved = soundOf(other.file).map((samples) => {
    const whole = new Float64Array(length);
    whole.set(samples.subarray(0, length - start), start);
    return whole;
  });
  const arbitrary = changesAt(original, single, moved, [...between, ...seams]);
  const elsewhere = changesAt(original, single, soundOf(joined.file), between);
  const atSeams = changesAt(original, single, soundOf(joined.file), seams);
  const isSame = areSame(single, soundOf(joined.file));
  const coldSeams = cold.file && changesAt(original, single, soundOf(cold.file), cold.seams);
  const lengthDifference = (soundOf(joined.file)[0]?.length ?? 0) - (single[0]?.length ?? 0);

  const worst = (figure: (changes: Changes) => number): number =>
    Math.min(figure(arbitrary), figure(elsewhere));
  const isAsGood = (changes: Changes): boolean =>
    changes.p5 >= worst(({ p5 }) => p5) - TOLERANCE.p5 &&
    changes.min >= worst(({ min }) => min) - TOLERANCE.min &&
    changes.peakRatio <= Math.max(1.5, -TOLERANCE.peak * worst(({ peakRatio }) => -peakRatio));
  return {
    ...{ results, joined, lengthDifference, isSame, atSeams, elsewhere, arbitrary },
    coldSeams: coldSeams || undefined,
    isProven: joined.file !== undefined && lengthDifference === 0 && isAsGood(atSeams),
    isColdProven: coldSeams !== undefined && coldSeams !== '' && isAsGood(coldSeams),
  };
}
