/** Chapters and where they go. */
import { expect, test } from 'vitest';
import { type Chapter, chapterComments, movedChapters, orderedChapters } from './chapters.ts';

const chapter = (startSeconds: number, endSeconds: number, title = ''): Chapter => ({
  startSeconds,
  endSeconds,
  title,
});
const book = [chapter(0, 4, 'Prologue'), chapter(4, 8, 'Größe'), chapter(8, 10, 'End')];

test.each([
  ['nothing is cut', { startSeconds: 0 }, book],
  [
    'the start is cut within a chapter',
    { startSeconds: 2 },
    [chapter(0, 2, 'Prologue'), chapter(2, 6, 'Größe'), chapter(6, 8, 'End')],
  ],
  ['the cut is one chapter', { startSeconds: 4, endSeconds: 8 }, [chapter(0, 4, 'Größe')]],
  [
    'a cut that was meant to be at an edge',
    { startSeconds: 4 - 1 / 2048, endSeconds: 8 },
    [chapter(1 / 2048, 4 + 1 / 2048, 'Größe')],
  ],
  [
    'twice as fast, and cut',
    { startSeconds: 2, endSeconds: 9, speed: 2 },
    [chapter(0, 1, 'Prologue'), chapter(1, 3, 'Größe'), chapter(3, 3.5, 'End')],
  ],
  ['nothing of them is left', { startSeconds: 10 }, []],
])('%s', (_, change, moved) => {
  expect(movedChapters(book, change)).toEqual(moved);
});

test('chapters are put in order, none reaches into the next or ends before it begins', () => {
  expect(orderedChapters([chapter(5, 3, 'b'), chapter(0, 9, 'a'), chapter(-1, 2, 'no')])).toEqual([
    chapter(0, 5, 'a'),
    chapter(5, 5, 'b'),
  ]);
});

test('as comments they have times and names', () => {
  expect(chapterComments([chapter(0, 1, 'One'), chapter(3_725.0456, 36_000)])).toEqual([
    ['CHAPTER001', '00:00:00.000'],
    ['CHAPTER001NAME', 'One'],
    ['CHAPTER002', '01:02:05.046'],
  ]);
});
