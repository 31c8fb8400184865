import { type FormatName, outputFormat } from '@wavefleet/contracts/formats.ts';
import type { Allowlists } from '../allowlists.ts';
import { type Encoder, encoderOf } from '../encoders.ts';
import { folderFiles, outputFile } from '../folder-files.ts';
import type { ConversionPlan } from '../plan/plan.ts';

/** Which files of ours lie in the folder beside the source; the tags file always does. See `cover.ts`. */
export interface Companions {
  /** Whether there is a carrier file with the cover. */
  readonly carrier: boolean;
}

/** Wherever the bytes of a source are touched: this file only, no other, and no network. */
const sourceLimits = (lists: Allowlists): string[] => [
  '-protocol_whitelist',
  'file',
  '-format_whitelist',
  lists.demuxers.join(','),
  // 12000² cover pictures cost 474 MB and 3 s without these two.
  '-max_pixels',
  '25000000',
  '-max_streams',
  '64',
];

const quiet = ['-nostdin', '-hide_banner', '-v', 'error'];
const input = ['-i', `file:${folderFiles.input}`];

/** ffprobe: only the entries that are used. `tags: false` for files whose tags are absurdly large. */
export function probeArgs(lists: Allowlists, options: { readonly tags: boolean }): string[] {
  const tags = options.tags ? ':format_tags:stream_tags' : '';
  return [
    '-hide_banner',
    // The warning "Estimating duration from bitrate" tells how far the duration can be trusted.
    '-v',
    'warning',
    ...sourceLimits(lists),
    // Only audio is held to the list: ffprobe gives up on the whole file when any stream's decoder is
    // refused, and a file with a cover or a video has such streams. skip_frame keeps those undecoded.
    '-codec_whitelist:a',
    lists.decoders.join(','),
    '-skip_frame:v',
    'all',
    '-show_entries',
    `format=format_name,duration,nb_streams:stream=index,codec_name,codec_type,sample_rate,channels,channel_layout,sample_fmt,bits_per_sample,bits_per_raw_sample,duration:stream_disposition=default,attached_pic${tags}`,
    '-of',
    'json=compact=1',
    ...input,
  ];
}

/** ffprobe over a result. ADTS has no length anywhere, so its packets are counted. */
export function probeOutputArgs(format: FormatName): string[] {
  const entry = outputFormat(format);
  return [
    '-hide_banner',
    '-v',
    'error',
    '-protocol_whitelist',
    'file',
    '-skip_frame:v',
    'all',
    '-max_pixels',
    '25000000',
    ...(encoderOf(format).length === 'adts-packets' ? ['-count_packets'] : []),
    '-show_entries',
    'format=format_name,duration,nb_streams:stream=index,codec_name,codec_type,sample_rate,channels,channel_layout,nb_read_packets,duration:stream_disposition=attached_pic:format_tags:stream_tags',
    '-of',
    'json=compact=1',
    '-i',
    `file:${outputFile(entry.extension)}`,
  ];
}

/** Copies the attached picture out, byte for byte and undecoded. */
export function coverArgs(lists: Allowlists, pictureStream: number): string[] {
  return [
    ...quiet,
    '-y',
    ...sourceLimits(lists),
    '-codec_whitelist',
    lists.decoders.join(','),
    ...input,
    '-map',
    `0:${pictureStream}`,
    '-c',
    'copy',
    '-frames:v',
    '1',
    // The only muxer that writes a picture as it is without knowing its dimensions.
    '-f',
    'image2pipe',
    `file:${folderFiles.cover}`,
  ];
}

/** The conversion itself. */
export function convertArgs(plan: ConversionPlan, lists: Allowlists, companions: Companions): string[] {
  const encoder = encoderOf(plan.format);
  return [
    ...quiet,
    '-nostats',
    '-progress',
    'pipe:3',
    '-stats_period',
    '0.25',
    '-y',
    ...(plan.strict ? ['-xerror'] : []),
    ...sourceLimits(lists),
    '-codec_whitelist',
    lists.decoders.join(','),
    ...(plan.strict ? ['-err_detect', 'explode'] : []),
    '-threads',
    '2',
    '-vn',
    '-sn',
    '-dn',
    ...input,
    '-f',
    'ffmetadata',
    '-i',
    `file:${folderFiles.tags}`,
    // The carrier is ours, the picture in it is not: no picture decoder may touch it.
    ...(companions.carrier
      ? ['-f', 'flac', '-codec_whitelist', 'flac', '-i', `file:${folderFiles.carrier}`]
      : []),
    '-map',
    `0:${plan.audioStream}`,
    ...(companions.carrier ? ['-map', '2:v:0', '-c:v', 'copy', '-disposition:v:0', 'attached_pic'] : []),
    ...metadataArgs(plan, encoder.tagsOn),
    '-af',
    filterChain(plan),
    ...(plan.resample ? ['-ar', String(plan.sampleRate)] : []),
    ...encoder.args(plan),
    // Exit 0 with no sample at all happens with real files; this makes it exit 1.
    '-abort_on',
    'empty_output',
    '-f',
    encoder.muxer,
    `file:${outputFile(outputFormat(plan.format).extension)}`,
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
    '-map_metadata',
    '1',
    ...(tagsOn === 'stream' || bare ? ['-map_metadata:s:a:0', '1:g'] : []),
    '-map_chapters',
    plan.keepChapters ? '0' : '-1',
  ];
}

function filterChain(plan: ConversionPlan): string {
  // Time is counted in decoded samples from 0. Sources that begin late (WMA by 92 ms, videos) or have holes
  // in their timestamps would otherwise give results that claim to be longer than their sound.
  const filters = ['asetpts=N/SR/TB'];
  if (plan.trimStart !== undefined || plan.trimEnd !== undefined) {
    // On decoded samples and therefore exact; `-ss` is off by hundreds of samples on Ogg (measured).
    const bounds = [
      ...(plan.trimStart === undefined ? [] : [`start=${plan.trimStart}`]),
      ...(plan.trimEnd === undefined ? [] : [`end=${plan.trimEnd}`]),
    ];
    filters.push(`atrim=${bounds.join(':')}`, 'asetpts=N/SR/TB');
  }
  if (plan.foldChannels !== undefined) {
    const side = (first: number): string =>
      Array.from({ length: plan.foldChannels ?? 0 }, (_, index) => index)
        .filter((index) => index % 2 === first)
        .map((index) => `c${index}`)
        .join('+');
    // `<` scales the sum so that it cannot clip.
    filters.push(`pan=stereo|c0<${side(0)}|c1<${side(1)}`);
  }
  if (plan.layout !== undefined) {
    filters.push(`aformat=channel_layouts=${plan.channels === 1 ? 'mono' : plan.layout}`);
  }
  return filters.join(',');
}
