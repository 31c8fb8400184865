/** The commands that convert: pure functions of the plan, so that tests can assert them whole. */
import type { Allowlists } from '../allowlists.ts';
import type { Encoder } from '../encoder.ts';
import { encoderOf } from '../encoders.ts';
import type { EncodeFiles } from '../folder-files.ts';
import type { ConversionPlan } from '../plan/plan.ts';
import type { Resampler } from '../resampler.ts';
import { filterChain, fixedShape } from './filter-chain.ts';
import { levelFilters } from './level-filters.ts';
import { layoutName, type PcmShape } from './pcm-shape.ts';
import {
  quiet,
  type SourceWay,
  sourceInput,
  sourceInputBy,
  sourceLimits,
  withoutReader,
  withProgress,
} from './source-args.ts';
import { watchLength } from './watch-filters.ts';

/** What an encode has beside its plan. */
export interface EncodeSetting {
  readonly files: EncodeFiles;
  /** Whether there is a carrier file with the cover; the tags file is always there. See `companions.ts`. */
  readonly hasCarrier: boolean;
  /** Threads of the decoder. */
  readonly threads: number;
  readonly resampler: Resampler;
  /** How the source comes. Default: as a file. */
  readonly way?: SourceWay;
}

/**
 * FFmpeg from the source to the result, in one process. Input 0 is the source, 1 the tags, 2 the carrier of the cover.
 *
 * FFmpeg would build its filters anew when the sound changes its shape on the way, and they would count time from 0
 * again: what muxers make of that is cut short. `-reinit_filter 0` makes it end with an error in place of that, and
 * costs nothing otherwise; such a source takes two processes.
 */
export function encodeArgs(plan: ConversionPlan, lists: Allowlists, setting: EncodeSetting): string[] {
  return [
    ...quiet,
    ...withProgress,
    '-y',
    ...oneShapeInput(plan, lists, setting.threads, { way: setting.way }),
    ...companionInputs(setting),
    ...output(plan, setting, 'source'),
    ...md5Output(plan, setting.files),
  ];
}

/** The first of two processes: from the source to plain samples of one shape on stdout. */
export function decodeArgs(
  plan: ConversionPlan,
  shape: PcmShape,
  lists: Allowlists,
  threads: number,
): string[] {
  return [
    ...quiet,
    ...withProgress,
    ...decoding(plan, lists, threads),
    ...sourceInput,
    ...['-map', `0:${plan.audioStream}`],
    ...['-af', fixedShape(plan, shape)],
    ...['-abort_on', 'empty_output'],
    // With the filters time begins anew, and FFmpeg would complain of each packet that is earlier than the last one.
    ...['-bsf:a', 'setts=ts=N*1024'],
    ...['-f', shape.samples, 'pipe:1'],
  ];
}

/** The second of two processes: from those samples to the result. Input 0 is stdin; the others are the same. */
export function encodePcmArgs(plan: ConversionPlan, shape: PcmShape, setting: EncodeSetting): string[] {
  return [
    ...quiet,
    ...withProgress,
    '-y',
    ...pcmInput(shape),
    ...companionInputs(setting),
    ...output(plan, setting, 'samples'),
  ];
}

/** How a source is read. */
interface SourceReading {
  /** Default: as a file. */
  readonly way?: SourceWay | undefined;
  /** Of its beginning, not even read. Default: none are. */
  readonly skippedSeconds?: number;
}

/** The source as the one input of a process that takes sound of one shape only. */
export function oneShapeInput(
  plan: ConversionPlan,
  lists: Allowlists,
  threads: number,
  { way = 'file', skippedSeconds = 0 }: SourceReading = {},
): string[] {
  const skip = skippedSeconds === 0 ? [] : ['-ss', String(skippedSeconds)];
  const decoded = decoding(plan, lists, threads, way);
  return [...decoded, ...['-reinit_filter', '0'], ...withoutReader, ...skip, ...sourceInputBy[way]];
}

/** The samples of the first of two processes as the input of the second. */
export function pcmInput(shape: PcmShape): string[] {
  return [
    ...['-protocol_whitelist', 'pipe', '-f', shape.samples],
    ...['-sample_rate', String(shape.sampleRate), '-ch_layout', layoutName(shape)],
    ...withoutReader,
    ...['-i', 'pipe:0'],
  ];
}

/** How the source is opened and decoded. */
function decoding(
  plan: ConversionPlan,
  lists: Allowlists,
  threads: number,
  way: SourceWay = 'file',
): string[] {
  return [
    ...(plan.strict ? ['-xerror'] : []),
    ...sourceLimits(lists, way),
    ...['-codec_whitelist', lists.decoders.join(',')],
    // Checksums of frames (FLAC, AC-3, WavPack, TTA, MP3) cost nothing that can be measured, and nobody looks by default.
    ...['-err_detect', plan.strict ? 'crccheck+explode' : 'crccheck'],
    ...['-threads', String(threads)],
    ...['-vn', '-sn', '-dn'],
    // A pipe does not know the option, and never seeks.
    ...(plan.readsOn && way === 'file' ? ['-seekable', '0'] : []),
  ];
}

/** Tags and cover, as inputs 1 and 2. */
export function companionInputs({ files, hasCarrier }: EncodeSetting): string[] {
  return [
    ...['-f', 'ffmetadata', '-i', `file:${files.tags}`],
    // The carrier is ours, the picture in it is not: no picture decoder may touch it.
    ...(hasCarrier ? ['-f', 'flac', '-codec_whitelist', 'flac', '-i', `file:${files.carrier}`] : []),
  ];
}

/** @param from what input 0 is. */
function output(plan: ConversionPlan, setting: EncodeSetting, from: 'source' | 'samples'): string[] {
  const encoder = encoderOf(plan.format);
  const { files, resampler } = setting;
  const place = { resampler, levels: files.levels, looksOnce: setting.way === 'pipe' };
  return [
    ...(from === 'source' ? fromTheSource(plan) : ['-map', '0:0']),
    ...mediaArgs(plan, setting),
    ...['-af', filterChain(plan, from, [...levelFilters(plan, place), ...watchLength(plan, place)])],
    ...encoder.args(plan),
    ...(encoder.container?.(plan) ?? []),
    // Exit 0 with no sample at all happens with real files; this makes it exit 1.
    ...['-abort_on', 'empty_output'],
    ...['-f', encoder.muxer],
    `file:${files.result}`,
  ];
}

/** The sound of input 0. */
export function fromTheSource({ audioStream }: ConversionPlan): string[] {
  return ['-map', `0:${audioStream}`];
}

/** What goes into a result beside its sound: the inputs of {@link companionInputs}. */
export function mediaArgs({ format }: ConversionPlan, { hasCarrier }: EncodeSetting): string[] {
  return [
    ...(hasCarrier ? ['-map', '2:v:0', '-c:v', 'copy', '-disposition:v:0', 'attached_pic'] : []),
    // The carrier says that it is the front cover: without that it would be a picture of any other kind.
    ...(hasCarrier ? ['-map_metadata:s:v:0', '2:s:v:0'] : []),
    ...metadataArgs(encoderOf(format).tagsOn),
  ];
}

/** A second result: the checksum of what the decoder gave, to be held against the file's own. */
export function md5Output({ md5, audioStream }: ConversionPlan, files: EncodeFiles): string[] {
  if (md5 === undefined) return [];
  return ['-map', `0:${audioStream}`, '-c:a', md5.codec, '-f', 'md5', `file:${files.md5}`];
}

/**
 * Tags and chapters come from our own file (input 1, perhaps empty), never straight from the source: what stands on
 * the source's stream would come along if no other place for the stream's tags were named.
 */
function metadataArgs(tagsOn: Encoder['tagsOn']): string[] {
  return [
    ...['-map_metadata', '1'],
    ...['-map_metadata:s:a:0', tagsOn === 'stream' ? '1:g' : '1:s:0'],
    ...['-map_chapters', '1'],
  ];
}
