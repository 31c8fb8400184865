/** Where a source is cut at its chapters. */
import { expect, test } from 'vitest';
import { chapterParts } from './chapter-parts.ts';

const chapters = [
  { startSeconds: 0, endSeconds: 4, title: 'One' },
  { startSeconds: 4, endSeconds: 8, title: 'Two' },
  { startSeconds: 8, endSeconds: 10, title: 'Three' },
];
const all = { start: 0, end: undefined };

test.each<[string, Parameters<typeof chapterParts>, string]>([
  ['the whole', [chapters, all, 10], 'One 0–4, Two 4–8, Three 8–'],
  ['a trim within chapters', [chapters, { start: 5, end: 9 }, 10], 'Two 5–8, Three 8–9'],
  ['a trim to one chapter', [chapters, { start: 4, end: 8 }, 10], 'Two 4–8'],
  ['sound before the first chapter', [chapters.slice(1), all, 10], ' 0–4, Two 4–8, Three 8–'],
  ['chapters behind the end', [chapters, all, 8.05], 'One 0–4, Two 4–'],
  ['a length that nobody knows', [chapters, all, null], 'One 0–4, Two 4–8, Three 8–'],
  ['no chapters', [[], { start: 1, end: 2 }, 10], ' 1–2'],
])('%s', (_, of, parts) => {
  const shown = chapterParts(...of).map(
    ({ startSeconds, endSeconds = '', title }) => `${title} ${startSeconds}–${endSeconds}`,
  );
  expect(shown.join(', ')).toBe(parts);
});
