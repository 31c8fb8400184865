/** Names as they are compared, and searches as they are read. */
import { expect, test } from 'vitest';
import { foldName, historySearchSchema } from './history-search.ts';

test.each([
  ['the case of letters', 'Field RECORDING', 'field recording'],
  ['an accent as a sign of its own', 'cafe\u0301', 'CAFÉ'],
  ['a sharp s', 'STRASSE', 'straße'],
  ['a Greek s, which is another one at the end of a word', 'ΟΔΟΣ', 'οδοσ'],
  ['wide letters', 'ＬＩＶＥ', 'live'],
  ['a ligature', 'ﬁnal', 'Final'],
])('%s makes no difference', (_, one, other) => {
  expect(foldName(one)).toBe(foldName(other));
});

test('other letters do', () => {
  expect(foldName('cafe')).not.toBe(foldName('café'));
});

test('days begin in UTC, moments are taken to UTC', () => {
  expect(historySearchSchema.parse({ from: '2026-11-26', before: '2026-11-26T01:30:00.5+02:00' })).toEqual({
    ...{ from: '2026-11-26T00:00:00.000Z', before: '2026-11-25T23:30:00.500Z' },
  });
});

test.each([['2026-13-01'], ['2026-11-26T10:00:00'], ['yesterday'], ['']])('%s is no moment', (from) => {
  expect(historySearchSchema.safeParse({ from }).success).toBe(false);
});
