/** File names as downloads carry them. */
import { expect, test } from 'vitest';
import { contentDisposition, displayName, resultName } from './file-names.ts';

test.each([
  ['song.mp3', `attachment; filename="song.mp3"; filename*=UTF-8''song.mp3`],
  [
    'Füße & 100%.mp3',
    `attachment; filename="F__e & 100_.mp3"; filename*=UTF-8''F%C3%BC%C3%9Fe%20%26%20100%25.mp3`,
  ],
  [
    'a"b\r\nSet-Cookie: x.mp3',
    `attachment; filename="a_b__Set-Cookie: x.mp3"; filename*=UTF-8''a%22b__Set-Cookie%3A%20x.mp3`,
  ],
  ["it's (1)*.mp3", `attachment; filename="it's (1)*.mp3"; filename*=UTF-8''it%27s%20%281%29%2A.mp3`],
  ['', `attachment; filename="audio"; filename*=UTF-8''audio`],
])('%j', (name, header) => {
  expect(contentDisposition(name)).toBe(header);
});

test.each([
  ['../../etc/passwd', 'passwd'],
  ['C:\\Music\\a.wav', 'a.wav'],
  ['a\u0000\r\nb.wav', 'ab.wav'],
  ['x'.repeat(5_000), 'x'.repeat(255)],
  ['/', 'audio'],
  [undefined, 'audio'],
])('%j is shown as %j', (raw, shown) => {
  expect(displayName(raw)).toBe(shown);
});

test('a result is named after its source', () => {
  expect(resultName('song.final.flac', 'mp3')).toBe('song.final.mp3');
  expect(resultName('noise', 'ogg')).toBe('noise.ogg');
  expect(resultName('.wav', 'ogg')).toBe('audio.ogg');
});
