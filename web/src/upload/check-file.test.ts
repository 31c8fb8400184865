/** Files that are refused before a byte is sent. */
import { expect, test } from 'vitest';
import { checkFile } from './check-file.ts';

const limits = { inputs: ['wav', 'mp3', 'mkv'], limits: { maxResumableUploadBytes: 110_100_480 } };
const check = (name: string, size = 1_000, type = '') => checkFile({ name, size, type }, limits);

test('lets through what may be audio', () => {
  expect(check('a.wav')).toBeUndefined();
  expect(check('FILM.MKV')).toBeUndefined();
  expect(check('no-ending')).toBeUndefined();
  expect(check('odd.xyz', 1_000, 'audio/x-odd')).toBeUndefined();
});

test('says what is wrong, and whether one may insist', () => {
  expect(check('empty.wav', 0)).toEqual({ message: expect.stringContaining('empty'), mayInsist: false });
  const large = check('large.wav', 200_000_000);
  expect(large?.message).toContain('200 MB');
  expect(large?.message).toContain('110 MB');
  expect(large?.mayInsist).toBe(false);
  expect(checkFile({ name: 'a.wav', size: 2_000_000, type: '' }, limits, 1_000_000)).toEqual({
    message: expect.stringContaining('2 MB, and your plan allows up to 1 MB'),
    mayInsist: false,
  });
  expect(check('letter.pdf', 1_000, 'application/pdf')?.mayInsist).toBe(true);
});
