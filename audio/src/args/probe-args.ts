/** The commands of ffprobe. */
import type { FormatName } from '@wavefleet/contracts/formats.ts';
import type { ProbeLists } from '../allowlists.ts';
import { encoderOf } from '../encoders.ts';
import { maxStreams, onlyThisFile, sourceInput } from './source-args.ts';

/** Bytes that are no UTF-8 as they are: ffprobe would put U+FFFD in their place, and nobody could read them any more. */
const compactJson = ['-of', 'json=compact=1:string_validation=ignore'];

/** ffprobe over the source: only the entries that are used. `tags: false` for files whose tags are absurdly large. */
export function probeArgs(lists: ProbeLists, options: { readonly tags: boolean }): string[] {
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
export function firstPacketArgs(lists: ProbeLists, stream: number): string[] {
  return [
    ...opening(lists),
    ...['-select_streams', String(stream), '-read_intervals', '%+#1'],
    ...['-show_entries', 'format=format_name,nb_streams:packet=pts_time'],
    ...compactJson,
    ...sourceInput,
  ];
}

/** How ffprobe opens a source. */
function opening(lists: ProbeLists): string[] {
  return [
    '-hide_banner',
    // The warning "Estimating duration from bitrate" tells how far the duration can be trusted.
    ...['-v', 'warning'],
    ...onlyThisFile,
    ...['-format_whitelist', lists.demuxers.join(',')],
    ...maxStreams,
    ...onlySoundIsDecoded(lists),
  ];
}

/**
 * What keeps ffprobe from decoding pictures, video and subtitles, which are a stranger's bytes like the sound, and in a
 * whole FFmpeg meet decoders by the hundred. A list without a specifier holds for all streams while the file is looked
 * through, which is when ffprobe decodes. Afterwards it opens a decoder for each stream once more, and gives up on the
 * file when one is refused; those of pictures and subtitles are let pass there, where they get the header of their track
 * and no packet of it. For the same reason nothing is said of how large pictures may be.
 */
function onlySoundIsDecoded({ decoders, pictureDecoders: { video, subtitle } }: ProbeLists): string[] {
  return [
    ...['-codec_whitelist', decoders.join(',')],
    ...(video.length === 0 ? [] : ['-codec_whitelist:v', video.join(',')]),
    ...(subtitle.length === 0 ? [] : ['-codec_whitelist:s', subtitle.join(',')]),
  ];
}

/**
 * ffprobe over a result. ADTS and AC-3 have no length anywhere, so their packets are counted.
 * @param file its name within the folder.
 */
export function probeOutputArgs(lists: ProbeLists, format: FormatName, file: string): string[] {
  return [
    '-hide_banner',
    ...['-v', 'error'],
    ...onlyThisFile,
    ...onlySoundIsDecoded(lists),
    ...(encoderOf(format).length.endsWith('-packets') ? ['-count_packets'] : []),
    '-show_entries',
    'format=format_name,duration,nb_streams:stream=index,codec_name,codec_type,sample_rate,channels,channel_layout,nb_read_packets,duration:stream_disposition=attached_pic:format_tags:stream_tags',
    ...compactJson,
    ...['-i', `file:${file}`],
  ];
}
