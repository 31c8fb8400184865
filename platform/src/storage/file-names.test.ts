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
  // As they were stored once, with a mark that turns what follows.
  ['a\u202evaw.exe', `attachment; filename="a_vaw.exe"; filename*=UTF-8''a_vaw.exe`],
  ['', `attachment; filename="audio"; filename*=UTF-8''audio`],
  // As they were stored once: cut within a character.
  ['half \ud83d', `attachment; filename="half _"; filename*=UTF-8''half%20%EF%BF%BD`],
  ['\udcab.mp3', `attachment; filename="_.mp3"; filename*=UTF-8''%EF%BF%BD.mp3`],
])('%j', (name, header) => {
  expect(contentDisposition(name)).toBe(header);
});

test.each([
  ['../../etc/passwd', 'passwd'],
  ['C:\\Music\\a.wav', 'a.wav'],
  ['a\u0000\r\nb.wav', 'ab.wav'],
  // Read as `song.wav`, since the mark turns what follows.
  ['song\u202evaw.exe', 'songvaw.exe'],
  ['\u2066a\u2069\u200f.wav', 'a.wav'],
  ['x'.repeat(5_000), 'x'.repeat(255)],
  [`${'x'.repeat(250)}💫💫💫.wav`, `${'x'.repeat(250)}.wav`],
  [`${'x'.repeat(247)}💫💫💫.wav`, `${'x'.repeat(247)}💫.wav`],
  // A family is one character of 25 bytes, a letter with its accents another.
  [`${'x'.repeat(227)}👨‍👩‍👧‍👦.wav`, `${'x'.repeat(227)}.wav`],
  [`${'x'.repeat(226)}👨‍👩‍👧‍👦.wav`, `${'x'.repeat(226)}👨‍👩‍👧‍👦.wav`],
  [`${'x'.repeat(249)}u\u0308.wav`, `${'x'.repeat(249)}.wav`],
  ['ü'.repeat(200), 'ü'.repeat(127)],
  [`a${'\u0308'.repeat(200)}.wav`, 'audio.wav'],
  [`${'x'.repeat(250)}. and so on for long`, `${'x'.repeat(250)}. and`],
  ['half \ud83d.wav', 'half \ufffd.wav'],
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

test('whatever the source is called, the name of its result fits and keeps its ending', () => {
  expect(resultName(`${'x'.repeat(250)}💫.wav`, 'preview.mp3')).toBe(`${'x'.repeat(243)}.preview.mp3`);
  expect(resultName('x'.repeat(255), 'opus')).toBe(`${'x'.repeat(250)}.opus`);
  expect(resultName(`${'x'.repeat(248)}💫`, 'm4a')).toBe(`${'x'.repeat(248)}.m4a`);
});
