/** Names of the demo's results. */
import { expect, test } from 'vitest';
import { resultNames } from './result-names.ts';

test.each([
  [
    ['a/song.flac', 'talk.mp3'],
    ['song', 'talk'],
  ],
  [
    ['song.flac', 'song.wav', 'talk.mp3'],
    ['song.flac', 'song.wav', 'talk'],
  ],
  [
    ['a/song.flac', 'b/Song.FLAC'],
    ['song.flac', 'Song.FLAC (2)'],
  ],
  [
    ['song.flac', 'song.wav', 'song.flac.ogg'],
    ['song.flac', 'song.wav', 'song.flac (2)'],
  ],
])('%j give %j', (paths, names) => {
  expect(resultNames(paths)).toEqual(names);
});
