/** What browsers play as it is. */
import { expect, test } from 'vitest';
import { playableMimeType } from './playback.ts';

test.each([
  ['mp3', 'mp3', 'audio/mpeg'],
  ['wav', 'pcm_s24le', 'audio/wav'],
  ['mov,mp4,m4a,3gp,3g2,mj2', 'aac', 'audio/mp4'],
  ['ogg', 'opus', 'audio/ogg'],
  ['matroska,webm', 'opus', 'audio/webm'],
  ['flac', 'flac', 'audio/flac'],
  ['aac', 'aac', 'audio/aac'],
  ['aiff', 'pcm_s16be', undefined],
  ['asf', 'wmav2', undefined],
  ['mov,mp4,m4a,3gp,3g2,mj2', 'alac', undefined],
  ['wav', 'adpcm_ms', undefined],
  ['matroska,webm', 'aac', undefined],
  ['mp3', 'mp3adu', undefined],
])('%s with %s is %s to a browser', (container, codec, mimeType) => {
  expect(playableMimeType({ container, codec })).toBe(mimeType);
});
