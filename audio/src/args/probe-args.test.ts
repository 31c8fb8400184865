/** The commands of ffprobe, whole. */
import { formatNames } from '@wavefleet/contracts/formats.ts';
import { expect, test } from 'vitest';
import { firstPacketArgs, probeArgs, probeOutputArgs } from './probe-args.ts';

const lists = { demuxers: ['wav', 'mp3'], decoders: ['pcm_s16le', 'mp3float'] };

test('the whole command that probes a source', () => {
  const entries =
    'format=format_name,duration,nb_streams:stream=index,codec_name,codec_type,sample_rate,channels,channel_layout,sample_fmt,bits_per_sample,bits_per_raw_sample,start_time,duration:stream_disposition=default,attached_pic';
  const start = [
    ...'-hide_banner -v warning -protocol_whitelist file -format_whitelist wav,mp3 -max_pixels 25000000'.split(
      ' ',
    ),
    ...'-max_streams 64 -codec_whitelist:a pcm_s16le,mp3float -skip_frame:v all -show_entries'.split(' '),
  ];
  const end = ['-of', 'json=compact=1:string_validation=ignore', '-i', 'file:in'];
  expect(probeArgs(lists, { tags: false })).toEqual([...start, entries, ...end]);
  expect(probeArgs(lists, { tags: true })).toEqual([
    ...start,
    `${entries}:format_tags:stream_tags:chapter=start_time,end_time:chapter_tags=title`,
    ...end,
  ]);
  expect(firstPacketArgs(lists, 3)).toEqual([
    ...start.slice(0, -1),
    ...'-select_streams 3 -read_intervals %+#1 -show_entries format=format_name,nb_streams:packet=pts_time'.split(
      ' ',
    ),
    ...end,
  ]);
});

test('the whole command that probes a result', () => {
  expect(probeOutputArgs('flac', 'out.flac')).toEqual([
    ...'-hide_banner -v error -protocol_whitelist file -skip_frame:v all -max_pixels 25000000'.split(' '),
    '-show_entries',
    'format=format_name,duration,nb_streams:stream=index,codec_name,codec_type,sample_rate,channels,channel_layout,nb_read_packets,duration:stream_disposition=attached_pic:format_tags:stream_tags',
    ...'-of json=compact=1:string_validation=ignore -i file:out.flac'.split(' '),
  ]);
});

test('only results whose container has no length have their packets counted', () => {
  const counted = formatNames.filter((format) => probeOutputArgs(format, 'x').includes('-count_packets'));
  expect(counted).toEqual(['aac', 'ac3', 'eac3']);
});
