/** Only what stands between the marks is written anew. */
import { expect, test } from 'vitest';
import { filledIn } from './fill-in.ts';

const document = 'before\n<!-- speed:begin -->\nold\nolder\n<!-- speed:end -->\nafter\n';

test('the text between the marks is replaced, and again', () => {
  const once = filledIn(document, 'speed', 'new $& text');
  expect(once).toBe('before\n<!-- speed:begin -->\nnew $& text\n<!-- speed:end -->\nafter\n');
  expect(filledIn(once, 'speed', 'old\nolder')).toBe(document);
});

test.each(['peers', 'spee'])('a document without marks of that name is refused: %s', (name) => {
  expect(() => filledIn(document, name, '')).toThrow(`<!-- ${name}:begin -->`);
});
