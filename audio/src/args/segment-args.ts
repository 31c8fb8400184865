/** The commands that make a result in segments, each by a process of its own: pure functions of the plan. */
import type { Allowlists } from '../allowlists.ts';
import { encoderOf } from '../encoders.ts';
import type { EncodeFiles } from '../folder-files.ts';
import type { ConversionPlan } from '../plan/plan.ts';
import {
  companionInputs,
  type EncodeSetting,
  fromTheSource,
  md5Output,
  mediaArgs,
  oneShapeInput,
} from './encode-args.ts';
import { FROM_ZERO, filterChain } from './filter-chain.ts';
import { levelFilters } from './level-filters.ts';
import { quiet, withProgress } from './source-args.ts';
import { watchLength } from './watch-filters.ts';

/** One segment of a result: what its encoder is given, in samples of the result. */
export interface Segment {
  readonly startSample: number;
  /** The first sample that it is not given; undefined for up to the end. */
  readonly endSample: number | undefined;
  /** Samples of noise that it is given before: no part of the sound. */
  readonly noiseSamples: number;
  /** Name within the folder of what it writes. */
  readonly file: string;
  /** How the files begin that its filters write to. */
  readonly levels: string;
  /** Whether it carries what a whole result does: tags, chapters and cover. */
  readonly isDressed: boolean;
  /** Whether it hears the source to its end, and so checks it. */
  readonly isLast: boolean;
}

/** How a segment is put into a file. */
export interface SegmentContainer {
  readonly muxer: string;
  /** Behind the encoder's own arguments. */
  readonly args: readonly string[];
}

/**
 * FFmpeg from the source to one segment. The source is decoded from its start, through the same filters as for a whole
 * result, and cut behind the last of them: an encoder gets the very samples that the one encoder of a whole result would
 * get at that place. So no seek has to be exact and no filter has to be in the right phase; what is decoded in vain costs
 * a tenth of what is encoded.
 *
 * @param of.bare how a segment without tags is written; one that is dressed is written as a whole result is.
 * @param of.skippedSeconds of the source, whole ones, that are not even read: where a seek is exact, and filters have no
 *   memory. What comes out is the same.
 */
export function segmentArgs(
  plan: ConversionPlan,
  lists: Allowlists,
  setting: EncodeSetting,
  of: {
    readonly segment: Segment;
    readonly bare: SegmentContainer;
    readonly skippedSeconds?: number | undefined;
  },
): string[] {
  const { segment, bare, skippedSeconds = 0 } = of;
  const encoder = encoderOf(plan.format);
  const place = { resampler: setting.resampler, levels: segment.levels, looksOnce: true };
  const sound = filterChain(plan, 'source', [
    ...levelFilters(plan, place),
    ...only(plan, segment, skippedSeconds),
    ...(segment.isLast ? watchLength(plan, place) : []),
  ]);
  const common = ['-af', behindNoise(plan, segment, sound), ...encoder.args(plan)];
  const end = ['-abort_on', 'empty_output'];
  return [
    ...quiet,
    ...withProgress,
    '-y',
    ...oneShapeInput(plan, lists, setting.threads, { skippedSeconds }),
    ...(segment.isDressed ? companionInputs(setting) : []),
    ...fromTheSource(plan),
    ...(segment.isDressed
      ? [
          ...mediaArgs(plan, setting),
          ...common,
          ...(encoder.container?.(plan) ?? []),
          ...end,
          '-f',
          encoder.muxer,
        ]
      : [...undressed, ...common, ...bare.args, ...end, '-f', bare.muxer]),
    `file:${segment.file}`,
    ...(segment.isLast ? md5Output(plan, setting.files) : []),
  ];
}

/**
 * FFmpeg from joined sound to a whole result: nothing is encoded, tags, cover and chapters are put beside it.
 * @param joined what lies in the folder, and how it is read.
 */
export function dressArgs(
  plan: ConversionPlan,
  setting: EncodeSetting,
  joined: { readonly file: string; readonly demuxer: string },
): string[] {
  const { muxer, container } = encoderOf(plan.format);
  return [
    ...quiet,
    ...withProgress,
    '-y',
    ...['-protocol_whitelist', 'file', '-f', joined.demuxer, '-i', `file:${joined.file}`],
    ...companionInputs(setting),
    ...['-map', '0:0', ...mediaArgs(plan, setting), '-c:a', 'copy', ...(container?.(plan) ?? [])],
    ...['-f', muxer, `file:${setting.files.result}`],
  ];
}

const undressed = ['-map_metadata', '-1', '-map_chapters', '-1'];

/** Time begins anew with the segment, as muxers want it. */
function only(
  { sampleRate }: ConversionPlan,
  { startSample, endSample }: Segment,
  skippedSeconds: number,
): string[] {
  const skipped = skippedSeconds * sampleRate;
  const bounds = [
    ...(startSample > skipped ? [`start_sample=${startSample - skipped}`] : []),
    ...(endSample === undefined ? [] : [`end_sample=${endSample - skipped}`]),
  ];
  return bounds.length === 0 ? [] : [`atrim=${bounds.join(':')}`, FROM_ZERO];
}

/** Bursts, loud in all bands. */
const NOISE = '(0.5+0.2*eq(mod(floor(n/300)\\,4)\\,3))*(2*random(0)-1)';

/** A graph of filters that begins with noise. `concat` counts time in microseconds, in which samples are no whole numbers. */
function behindNoise(
  { format, sampleRate, channels }: ConversionPlan,
  { noiseSamples }: Segment,
  sound: string,
): string {
  if (noiseSamples === 0) return sound;
  const { layouts } = encoderOf(format);
  const layout = layouts === 'any' ? undefined : layouts[channels - 1];
  const shape = `aformat=sample_fmts=fltp:sample_rates=${sampleRate}:channel_layouts=${layout}`;
  const voices = Array.from({ length: channels }, () => NOISE).join('|');
  const noise = `aevalsrc='${voices}':s=${sampleRate}:c=${layout},atrim=end_sample=${noiseSamples}`;
  return `${sound},${shape}[sound];${noise},${shape}[noise];[noise][sound]concat=v=0:a=1,${FROM_ZERO}`;
}

/** The files of one segment. @param index from 0. */
export function segmentFiles(
  { result, levels }: EncodeFiles,
  index: number,
): Pick<Segment, 'file' | 'levels'> {
  return { file: `segment-${index}.${result}`, levels: `segment-${index}.${levels}` };
}
