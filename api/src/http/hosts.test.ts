/** Which names are ours. */
import { expect, test } from 'vitest';
import { isOwnHost } from './hosts.ts';

test.each([
  ['127.0.0.1:3000', undefined, true],
  ['10.0.3.17:3000', undefined, true],
  ['[::1]:3000', undefined, true],
  ['localhost', undefined, true],
  ['wavefleet.localhost:3000', undefined, true],
  [undefined, undefined, true],
  ['evil.example:3000', undefined, false],
  ['127.0.0.1.evil.example', undefined, false],
  ['localhost.evil.example', undefined, false],
  ['', undefined, false],
  ['audio.example', 'audio.example', true],
  ['AUDIO.example.:443', 'other.example, audio.example', true],
  ['a.audio.example', 'audio.example', false],
  ['a.audio.example', '*.audio.example', true],
  ['audio.example.evil', '*.audio.example', false],
  ['anything.example', '*', true],
])('%s with ALLOWED_HOSTS=%s: %s', (header, allowed, expected) => {
  expect(isOwnHost(header, allowed)).toBe(expected);
});
