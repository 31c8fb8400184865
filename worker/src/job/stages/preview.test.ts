/** For what a preview is made. */
import { expect, test } from 'vitest';
import { neededPreviews } from './preview.ts';

const facts = (container: string, codec: string) => ({
  container,
  codec,
  durationSeconds: 600,
  sampleRate: 44_100,
  channels: 2,
  bitDepth: 16,
  streams: 1,
  hasCover: false,
  tags: {},
});
const mp3 = facts('mp3', 'mp3');
const aiff = facts('aiff', 'pcm_s16be');

test('nothing is made of what browsers play', () => {
  expect(neededPreviews({ format: 'opus', options: {} }, mp3)).toEqual({});
});

test('the beginning of a source that they do not play', () => {
  const needed = neededPreviews({ format: 'mp3', options: { trimStart: 60 } }, aiff);
  expect(needed).toEqual({ source: { trimEnd: 180 } });
});

test.each([
  [{}, { trimEnd: 180 }],
  [{ trimEnd: 20 }, { trimEnd: 20 }],
  [{ trimStart: 60 }, { trimStart: 60, trimEnd: 240 }],
  [
    { trimStart: 60, trimEnd: 65 },
    { trimStart: 60, trimEnd: 65 },
  ],
])('the beginning of a result with %o', (options, result) => {
  expect(neededPreviews({ format: 'alac', options }, mp3)).toEqual({ result });
});
