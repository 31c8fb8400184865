/** The commands of ffprobe. */
import type { FormatName } from '@wavefleet/contracts/formats.ts';
import type { Allowlists } from '../allowlists.ts';
import { encoderOf } from '../encoders.ts';
import { maxPixels, sourceInput, sourceLimits } from './source-args.ts';

/** Bytes that are no UTF-8 as they are: ffprobe would put U+FFFD in their place, and nobody could read them any more. */
const compactJson = ['-of', 'json=compact=1:string_validation=ignore'];

/** ffprobe over the source: only the entries that are used. `tags: false` for files whose tags are absurdly large. */
export function probeArgs(lists: Allowlists, options: { readonly tags: boolean }): string[] {
  const tags = options.tags ? ':format_tags:stream_tags:chapter=start_time,end_time:chapter_tags=title' : '';
  return [
    ...opening(lists),
    '-show_entries',
    `format=format_name,duration,nb_streams:stream=index,codec_name,codec_type,sample_rate,channels,channel_layout,sample_fmt,bits_per_sample,bits_per_raw_sample,start_time,duration:stream_disposition=default,attached_pic${tags}`,
    ...compactJson,
    ...sourceInput,
  ];
}

/** ffprobe over the source: when the first packet of one stream is to be seen. */
export function firstPacketArgs(lists: Allowlists, stream: number): string[] {
  return [
    ...opening(lists),
    ...['-select_streams', String(stream), '-read_intervals', '%+#1'],
    ...['-show_entries', 'format=format_name,nb_streams:packet=pts_time'],
    ...compactJson,
    ...sourceInput,
  ];
}

/** How ffprobe opens a source. */
function opening(lists: Allowlists): string[] {
  return [
    '-hide_banner',
    // The warning "Estimating duration from bitrate" tells how far the duration can be trusted.
    ...['-v', 'warning'],
    ...sourceLimits(lists),
    // Only audio is held to the list: ffprobe gives up on the whole file when any stream's decoder is
    // refused, and a file with a cover or a video has such streams. skip_frame keeps those undecoded.
    ...['-codec_whitelist:a', lists.decoders.join(',')],
    ...['-skip_frame:v', 'all'],
  ];
}

/**
 * ffprobe over a result. ADTS and AC-3 have no length anywhere, so their packets are counted.
 * @param file its name within the folder.
 */
export function probeOutputArgs(format: FormatName, file: string): string[] {
  return [
    '-hide_banner',
    ...['-v', 'error'],
    ...['-protocol_whitelist', 'file'],
    ...['-skip_frame:v', 'all'],
    ...maxPixels,
    ...(encoderOf(format).length.endsWith('-packets') ? ['-count_packets'] : []),
    '-show_entries',
    'format=format_name,duration,nb_streams:stream=index,codec_name,codec_type,sample_rate,channels,channel_layout,nb_read_packets,duration:stream_disposition=attached_pic:format_tags:stream_tags',
    ...compactJson,
    ...['-i', `file:${file}`],
  ];
}
