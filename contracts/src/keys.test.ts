/** S3 keys: made of ids, and read back from events. */
import { expect, test } from 'vitest';
import { dropResultKey, fileIdOfUploadKey, outputKey, parseDropKey, previewKey, uploadKey } from './keys.ts';

const id = '0b0e7a1c-7f0e-4d5a-9a51-0f6f5d3e2c11';

test('made keys hold ids and attempts, never names', () => {
  expect(uploadKey(id)).toBe(`uploads/${id}`);
  expect(outputKey(id, 3, 'alac')).toBe(`conversions/${id}/3.m4a`);
  expect(previewKey(id, 3, 'source')).toBe(`conversions/${id}/3.preview-source.mp3`);
});

test('an upload is found by its key, and only by such a key', () => {
  expect(fileIdOfUploadKey(uploadKey(id))).toBe(id);
  for (const key of [`drops/${id}`, `uploads/${id}/x`, 'uploads/', 'uploads/song.wav']) {
    expect(fileIdOfUploadKey(key)).toBeUndefined();
  }
});

test.each([
  ['drops/mp3-192k/a/b c.wav', { preset: 'mp3-192k', fileName: 'b c.wav' }],
  ['drops/flac/x', { preset: 'flac', fileName: 'x' }],
  ['drops/flac/', undefined],
  ['drops/x.wav', undefined],
  ['drops//x.wav', undefined],
  ['conversions/flac/x', undefined],
  ['drops/', undefined],
])('%s', (key, parsed) => {
  expect(parseDropKey(key)).toEqual(parsed);
});

test('the result of a drop lies outside the watched prefix', () => {
  expect(dropResultKey('drops/flac/a/x.wav')).toBe('results/flac/a/x.wav.json');
});
