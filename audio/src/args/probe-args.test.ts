/** The commands of ffprobe, whole. */
import { formatNames } from '@wavefleet/contracts/formats.ts';
import { expect, test } from 'vitest';
import { firstPacketArgs, probeArgs, probeOutputArgs } from './probe-args.ts';

const own = {
  ...{ demuxers: ['wav', 'mp3'], decoders: ['pcm_s16le', 'mp3float'] },
  pictureDecoders: { video: [], subtitle: [] },
};
const lists = { ...own, pictureDecoders: { video: ['png', 'h264'], subtitle: ['srt'] } };
const onlySound = ['-codec_whitelist', 'pcm_s16le,mp3float'];
const pictures = ['-codec_whitelist:v', 'png,h264', '-codec_whitelist:s', 'srt'];

test('the whole command that probes a source', () => {
  const entries =
    'format=format_name,duration,nb_streams:stream=index,codec_name,codec_type,sample_rate,channels,channel_layout,sample_fmt,bits_per_sample,bits_per_raw_sample,start_time,duration:stream_disposition=default,attached_pic';
  const start = [
    ...'-hide_banner -v warning -protocol_whitelist file -format_whitelist wav,mp3'.split(' '),
    ...['-max_streams', '64', ...onlySound, ...pictures, '-show_entries'],
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

test('an FFmpeg without decoders for pictures is told of none', () => {
  expect(probeArgs(own, { tags: true })).toEqual(
    probeArgs(lists, { tags: true }).filter((arg) => !pictures.includes(arg)),
  );
});

test('the whole command that probes a result', () => {
  expect(probeOutputArgs(lists, 'flac', 'out.flac')).toEqual([
    ...['-hide_banner', '-v', 'error', '-protocol_whitelist', 'file', ...onlySound, ...pictures],
    '-show_entries',
    'format=format_name,duration,nb_streams:stream=index,codec_name,codec_type,sample_rate,channels,channel_layout,nb_read_packets,duration:stream_disposition=attached_pic:format_tags:stream_tags',
    ...'-of json=compact=1:string_validation=ignore -i file:out.flac'.split(' '),
  ]);
});

test('only results whose container has no length have their packets counted', () => {
  const counted = formatNames.filter((format) =>
    probeOutputArgs(lists, format, 'x').includes('-count_packets'),
  );
  expect(counted).toEqual(['aac', 'ac3', 'eac3']);
});
