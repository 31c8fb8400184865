/** S3 keys: made of ids, and read back from events. */
import { expect, test } from 'vitest';
import { dropResultKey, fileIdOfUploadKey, outputKey, parseDropKey, previewKey, uploadKey } from './keys.ts';

const id = '0b0e7a1c-7f0e-4d5a-9a51-0f6f5d3e2c11';

test('made keys hold ids and attempts, never names', () => {
  expect(uploadKey(id, 'song')).toBe(`uploads/${id}`);
  expect(outputKey(id, 3, 'm4a')).toBe(`conversions/${id}/3.m4a`);
  expect(previewKey(id, 3, 'source')).toBe(`conversions/${id}/3.preview-source.mp3`);
});

test.each([
  ['song.flac', '.flac'],
  ['Live 1.2.MP3', '.mp3'],
  ['a.b/c', ''],
  ['.hidden', '.hidden'],
  ['name.', ''],
  ['long.mediafile', ''],
  ['tune.m4a?x=1', ''],
  ['песня.звук', ''],
  ['line.wav\n', ''],
])('the key of an upload called %j ends in "%s"', (fileName, ending) => {
  expect(uploadKey(id, fileName)).toBe(`uploads/${id}${ending}`);
});

test('an upload is found by its key, and only by such a key', () => {
  // As they were before they had endings, too.
  for (const key of [uploadKey(id, 'song.flac'), `uploads/${id}`]) expect(fileIdOfUploadKey(key)).toBe(id);
  for (const key of [`drops/${id}`, `uploads/${id}/x`, 'uploads/', 'uploads/song.wav', `uploads/${id}.a.b`]) {
    expect(fileIdOfUploadKey(key)).toBeUndefined();
  }
});

test.each([
  ['drops/mp3-192k/a/b c.wav', { preset: 'mp3-192k', fileName: 'b c.wav' }],
  ['drops/flac/x', { preset: 'flac', fileName: 'x' }],
  ['drops/flac/', undefined],
  ['drops/x.wav', { preset: '', fileName: 'x.wav' }],
  ['drops//x.wav', { preset: '', fileName: 'x.wav' }],
  ['conversions/flac/x', undefined],
  ['drops/', undefined],
  ['drops/radio/flac/a/x.wav', { alias: 'radio', preset: 'flac', fileName: 'x.wav' }],
  ['drops/radio/x.wav', { alias: 'radio', preset: '', fileName: 'x.wav' }],
  ['drops/radio', { preset: '', fileName: 'radio' }],
  ['drops/flac/radio/x.wav', { preset: 'flac', fileName: 'x.wav' }],
])('%s', (key, parsed) => {
  expect(parseDropKey(key, (folder) => folder === 'radio')).toEqual(parsed);
});

test('the result of a drop lies outside the watched prefix', () => {
  expect(dropResultKey('drops/flac/a/x.wav')).toBe('results/flac/a/x.wav.json');
});
