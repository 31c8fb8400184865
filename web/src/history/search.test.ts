/** From fields to a search. */
import { expect, test } from 'vitest';
import { noSearch, searchOf } from './search.ts';

test('empty fields look for everything, blanks are none', () => {
  expect(searchOf(noSearch)).toEqual({});
  expect(searchOf({ ...noSearch, name: '  ', status: 'odd', from: '2026', to: '0001-01-01' })).toEqual({});
});

test('days are those of the user, and both ends are within', () => {
  expect(
    searchOf({ name: ' Take 2 ', status: 'failed', format: 'mp3', from: '2026-02-28', to: '2026-02-28' }),
  ).toEqual({
    ...{ name: 'Take 2', status: 'failed', format: 'mp3' },
    from: new Date(2026, 1, 28).toISOString(),
    before: new Date(2026, 2, 1).toISOString(),
  });
});
