/** The command that takes a cover out, whole. */
import { expect, test } from 'vitest';
import { coverArgs } from './cover-args.ts';

const lists = { demuxers: ['wav', 'mp3'], decoders: ['pcm_s16le', 'mp3float'] };

test('the whole command that takes a cover out', () => {
  expect(coverArgs(lists, 3, 'out.cover')).toEqual([
    ...'-nostdin -hide_banner -v error -y -protocol_whitelist file -format_whitelist wav,mp3'.split(' '),
    ...'-max_pixels 25000000 -max_streams 64 -codec_whitelist pcm_s16le,mp3float -i file:in'.split(' '),
    ...'-map 0:3 -c copy -frames:v 1 -f image2pipe file:out.cover'.split(' '),
  ]);
});
