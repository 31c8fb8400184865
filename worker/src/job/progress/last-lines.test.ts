/** What is kept of FFmpeg's words. */
import { expect, test } from 'vitest';
import { LastLines } from './last-lines.ts';

test('lines are whole however they arrive, and what has not ended yet counts too', () => {
  const last = new LastLines();
  for (const piece of ['[mp3 @ 0x1] He', 'ader missing\r\nsecond', '\n\n\u001b[31mthird']) last.push(piece);
  expect(last.lines()).toEqual(['[mp3 @ 0x1] Header missing', 'second', '[31mthird']);
});

test('only so much is kept: the last lines, and the beginning of long ones', () => {
  const last = new LastLines();
  last.push(Array.from({ length: 1_000 }, (_, index) => `line ${index}\n`).join(''));
  last.push(`${'x'.repeat(10_000)}`);
  last.push('y'.repeat(10_000));
  expect(last.lines()).toHaveLength(20);
  expect(last.lines()[0]).toBe('line 981');
  expect(last.lines().at(-1)).toBe('x'.repeat(200));
});
