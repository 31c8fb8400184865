/** What FFmpeg may open and decode. */
import { expect, test } from 'vitest';
import { demuxers } from './allowed.ts';
import { decodersIn, lookAtFfmpeg } from './allowlists.ts';

test('decoders are picked from the listing by their kind', () => {
  const listing = [
    'Decoders:',
    ' A..... = Audio',
    ' ------',
    ' V....D png                  PNG image',
    ' A....D flac                 FLAC',
    ' AF...D als                  MPEG-4 ALS (codec mp4als)',
    ' A....D acelp.kelvin         Sipro',
    ' S..... srt                  SubRip',
  ].join('\n');
  expect(decodersIn(listing, 'A')).toEqual(['flac', 'als', 'acelp.kelvin']);
  expect([decodersIn(listing, 'V'), decodersIn(listing, 'S')]).toEqual([['png'], ['srt']]);
});

test('this FFmpeg has the decoders that users need', async () => {
  const { version, lists } = await lookAtFfmpeg('ffmpeg');
  const { decoders, pictureDecoders } = lists;
  expect(version).toMatch(/^\d/);
  // The system's has some.
  expect(pictureDecoders.video).toContain('png');
  expect(
    [...pictureDecoders.video, ...pictureDecoders.subtitle].filter((name) => decoders.includes(name)),
  ).toEqual([]);
  expect(decoders).toEqual(
    expect.arrayContaining(['aac', 'alac', 'flac', 'mp3float', 'opus', 'pcm_s16le', 'vorbis', 'wmav2']),
  );
  for (const name of ['png', 'wavesynth', 'comfortnoise', 'sonic']) expect(decoders).not.toContain(name);
});

test('nothing that opens other files is on the demuxer list', () => {
  for (const name of ['hls', 'dash', 'concat', 'sdp', 'rtsp', 'image2', 'lavfi', 'tty']) {
    expect(demuxers).not.toContain(name);
  }
});
