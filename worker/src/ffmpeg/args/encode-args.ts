/** The command that encodes: a pure function of the plan, so that tests can assert it whole. */
import type { Allowlists } from '../allowlists.ts';
import { type Encoder, encoderOf } from '../encoders.ts';
import type { EncodeFiles } from '../folder-files.ts';
import type { ConversionPlan } from '../plan/plan.ts';
import { filterChain } from './filter-chain.ts';
import { quiet, sourceInput, sourceLimits } from './source-args.ts';

/** What an encode has beside its plan. */
export interface EncodeSetting {
  readonly files: EncodeFiles;
  /** Whether there is a carrier file with the cover; the tags file is always there. See `companions.ts`. */
  readonly hasCarrier: boolean;
  /** Threads of the decoder. */
  readonly threads: number;
}

/** FFmpeg from the source to the result. Input 0 is the source, 1 the tags, 2 the carrier of the cover. */
export function encodeArgs(plan: ConversionPlan, lists: Allowlists, setting: EncodeSetting): string[] {
  const encoder = encoderOf(plan.format);
  const { files, hasCarrier } = setting;
  return [
    ...quiet,
    ...['-nostats', '-progress', 'pipe:3', '-stats_period', '0.25'],
    '-y',
    ...(plan.strict ? ['-xerror'] : []),
    ...sourceLimits(lists),
    ...['-codec_whitelist', lists.decoders.join(',')],
    ...(plan.strict ? ['-err_detect', 'explode'] : []),
    ...['-threads', String(setting.threads)],
    ...['-vn', '-sn', '-dn'],
    ...sourceInput,
    ...['-f', 'ffmetadata', '-i', `file:${files.tags}`],
    // The carrier is ours, the picture in it is not: no picture decoder may touch it.
    ...(hasCarrier ? ['-f', 'flac', '-codec_whitelist', 'flac', '-i', `file:${files.carrier}`] : []),
    ...['-map', `0:${plan.audioStream}`],
    ...(hasCarrier ? ['-map', '2:v:0', '-c:v', 'copy', '-disposition:v:0', 'attached_pic'] : []),
    ...metadataArgs(plan, encoder.tagsOn),
    ...['-af', filterChain(plan)],
    ...(plan.resample ? ['-ar', String(plan.sampleRate)] : []),
    ...encoder.args(plan),
    // Exit 0 with no sample at all happens with real files; this makes it exit 1.
    ...['-abort_on', 'empty_output'],
    ...['-f', encoder.muxer],
    `file:${files.result}`,
  ];
}

/**
 * Tags come from our cleaned file (input 1, perhaps empty), never straight from the source. Naming a source
 * for the stream's tags keeps those of the old stream out: always where the container has its tags there, and
 * for all formats when no tags are wanted. `-map_metadata -1` would also take the chapters' titles away.
 */
function metadataArgs(plan: ConversionPlan, tagsOn: Encoder['tagsOn']): string[] {
  const bare = Object.keys(plan.tags).length === 0 && !plan.keepChapters;
  return [
    ...['-map_metadata', '1'],
    ...(tagsOn === 'stream' || bare ? ['-map_metadata:s:a:0', '1:g'] : []),
    ...['-map_chapters', plan.keepChapters ? '0' : '-1'],
  ];
}
