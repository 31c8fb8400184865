/** Text of tags in whatever encoding it is. */
import { expect, test } from 'vitest';
import { textOf } from './text.ts';

test.each([
  ['UTF-8', Buffer.from('Björk – 東京 💫'), 'Björk – 東京 💫'],
  ['Latin-1', Buffer.from('426af6726b', 'hex'), 'Björk'],
  ['Windows-1252, with quotes and the euro', Buffer.from('93368420809420', 'hex'), '“6„ €” '],
  ['Windows-1252 that went through Latin-1 to UTF-8', Buffer.from('\u0093a\u0094'), '“a”'],
  ['UTF-8 that is cut within a character', Buffer.from('6fc3', 'hex'), 'oÃ'],
  ['nothing', Buffer.alloc(0), ''],
])('%s', (_, bytes, text) => {
  expect(textOf(bytes)).toBe(text);
});
