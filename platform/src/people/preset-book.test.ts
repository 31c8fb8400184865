/** The rules about presets of one owner. */
import type { Failure } from '@wavefleet/contracts/failure.ts';
import { importBodySchema, presetBodySchema } from '@wavefleet/contracts/own-presets.ts';
import { presets } from '@wavefleet/contracts/presets.ts';
import { expect, test } from 'vitest';
import {
  type PresetBook,
  presetOf,
  viewsOf,
  withAdopted,
  withChanged,
  withImported,
  withNew,
  without,
} from './preset-book.ts';

const at = '2026-11-01T10:00:00.000Z';
const later = '2026-11-02T10:00:00.000Z';
const asked = (name: string, more: object = {}) => presetBodySchema.parse({ name, format: 'mp3', ...more });
const bookOf = (...names: string[]): PresetBook =>
  names.reduce<PresetBook>((book, name) => withNew(book, asked(name), at), {});

/** The code and detail of the Failure. */
function refusal(act: () => unknown): [string, unknown] {
  try {
    act();
  } catch (error) {
    const { code, detail } = error as Failure;
    return [code, detail];
  }
  throw new Error('nothing was refused');
}

test('a preset has the name of no other, and of none that is built in', () => {
  const book = withNew({}, asked('my-podcast', { label: ' Mine ', quality: '96k' }), at);
  const mine = { label: 'Mine', format: 'mp3', quality: '96k', options: {}, createdAt: at, updatedAt: at };
  expect(book).toEqual({ 'my-podcast': mine });
  expect(viewsOf(book)).toEqual([{ name: 'my-podcast', ...mine }]);
  for (const name of ['my-podcast', 'flac'])
    expect(refusal(() => withNew(book, asked(name), at))).toEqual(['PRESET_EXISTS', { names: [name] }]);
});

test.each(['', 'A', 'a b', '-a', 'a-', 'a/b', 'é', '__proto__', 'a'.repeat(65), 'a\n'])(
  '%j is no name',
  (name) => {
    expect(presetBodySchema.safeParse({ name, format: 'mp3' }).success).toBe(false);
  },
);

test('every built-in preset could be one of somebody’s own', () => {
  for (const [name, preset] of Object.entries(presets))
    expect(presetBodySchema.safeParse({ name, ...preset }).success, name).toBe(true);
});

test('a change replaces the settings, keeps the day it was made, and may give another name that is free', () => {
  const book = bookOf('a', 'b');
  expect(withChanged(book, 'a', asked('a', { format: 'opus' }), later)).toEqual({
    ...book,
    a: { label: 'a', format: 'opus', options: {}, createdAt: at, updatedAt: later },
  });
  expect(Object.keys(withChanged(book, 'a', asked('c'), later)).sort()).toEqual(['b', 'c']);
  expect(refusal(() => withChanged(book, 'a', asked('b'), later))[0]).toBe('PRESET_EXISTS');
  expect(refusal(() => withChanged(book, 'a', asked('flac'), later))[0]).toBe('PRESET_EXISTS');
  for (const name of ['c', 'flac', 'constructor'])
    expect(refusal(() => withChanged(book, name, asked('a'), later))[0]).toBe('PRESET_NOT_FOUND');
  expect(refusal(() => without(book, 'toString'))[0]).toBe('PRESET_NOT_FOUND');
});

test('there is an end to how many there are, and to how much is in them', () => {
  const full = bookOf(...Array.from({ length: 50 }, (_, index) => `p${index}`));
  const limits = { limit: 50, limitBytes: 60_000 };
  expect(refusal(() => withNew(full, asked('more'), at))).toEqual(['PRESETS_LIMIT', limits]);
  const large = (name: string) => asked(name, { options: { setTags: { lyrics: 'é'.repeat(16_000) } } });
  const one = withNew({}, large('one'), at);
  expect(refusal(() => withNew(one, large('two'), at))).toEqual(['PRESETS_LIMIT', limits]);
  expect(refusal(() => withChanged(withNew(one, asked('two'), at), 'two', large('two'), at))[0]).toBe(
    'PRESETS_LIMIT',
  );
});

test('what is exported can be imported: elsewhere, and here once more; what differs is replaced only when that is said', () => {
  const book = withNew(bookOf('a', 'b'), asked('c', { quality: 'v2', options: { fadeIn: 1 } }), at);
  const file = importBodySchema.parse({ presets: viewsOf(book) });
  const there = withImported({}, file.presets, { replace: false, at: later });
  expect(viewsOf(there)).toEqual(
    viewsOf(book).map((view) => ({ ...view, createdAt: later, updatedAt: later })),
  );
  expect(withImported(book, file.presets, { replace: false, at: later })).toEqual(book);
  const changed = withChanged(book, 'a', asked('a', { label: 'Other' }), later);
  expect(refusal(() => withImported(changed, file.presets, { replace: false, at: later }))).toEqual([
    'PRESET_EXISTS',
    { names: ['a'] },
  ]);
  expect(withImported(changed, file.presets, { replace: true, at: later })).toEqual({
    ...book,
    a: { label: 'a', format: 'mp3', options: {}, createdAt: later, updatedAt: later },
  });
  for (const names of [['flac'], ['d', 'd']]) {
    const all = names.map((name) => asked(name));
    expect(refusal(() => withImported(book, all, { replace: true, at }))).toEqual([
      'PRESET_EXISTS',
      { names: [...new Set(names)] },
    ]);
  }
});

test('adopted presets lose no name and no settings, and come once', () => {
  const book = withNew(bookOf('same'), asked('other', { quality: '96k' }), at);
  const others = withNew(bookOf('same', 'new'), asked('other', { quality: '128k' }), at);
  const adopted = withAdopted(book, others);
  expect(adopted).toEqual({
    book: { ...book, new: others.new, 'other-2': others.other },
    left: {},
  });
  // Broken off, and repeated.
  expect(withAdopted(adopted.book, others)).toEqual(adopted);
  const full = bookOf(...Array.from({ length: 49 }, (_, index) => `p${index}`));
  expect(withAdopted(full, bookOf('x', 'y'))).toEqual({
    book: { ...full, x: bookOf('x').x },
    left: bookOf('y'),
  });
});

test('a preset of a later version hides no other, keeps its name, and is no unknown one', () => {
  const ofLater = { label: 'New', format: 'mp9', options: { hiss: true }, createdAt: at, updatedAt: at };
  const book: PresetBook = { ...bookOf('a'), later: ofLater, odd: 7 };
  expect(viewsOf(book).map(({ name }) => name)).toEqual(['a']);
  expect(presetOf(book, 'a')).toMatchObject({ format: 'mp3' });
  expect(refusal(() => presetOf(book, 'later'))[0]).toBe('SERVICE_UNAVAILABLE');
  expect(refusal(() => withNew(book, asked('later'), at))[0]).toBe('PRESET_EXISTS');
  expect(withNew(book, asked('b'), at)).toMatchObject({ later: ofLater, odd: 7 });
  expect(without(book, 'later')).toEqual({ ...bookOf('a'), odd: 7 });
  expect(withAdopted({}, book)).toEqual({ book, left: {} });
});
