/**
 * The presets of one owner by their names, and what may become of them. Nothing here knows where they are kept. Entries
 * of a later version, which this one cannot read, stay as they are and keep their names.
 */
import { isDeepStrictEqual } from 'node:util';
import { Failure } from '@wavefleet/contracts/failure.ts';
import {
  MAX_PRESET_NAME,
  MAX_PRESETS,
  MAX_PRESETS_BYTES,
  type PresetSettings,
  type PresetView,
  type StoredPreset,
  storedPresetSchema,
} from '@wavefleet/contracts/own-presets.ts';
import { findPreset } from '@wavefleet/contracts/presets.ts';

/** By name; values are {@link StoredPreset}s, as far as they can be read. */
export type PresetBook = Readonly<Record<string, unknown>>;

/** Undefined for a name that is not there. @throws Failure SERVICE_UNAVAILABLE for a preset that a later version has made. */
export function presetOf(book: PresetBook, name: string): StoredPreset | undefined {
  if (!Object.hasOwn(book, name)) return undefined;
  const { data, error } = storedPresetSchema.safeParse(book[name]);
  if (data === undefined) throw new Failure('SERVICE_UNAVAILABLE', { cause: error });
  return data;
}

/** Those that can be read, by name. */
export function viewsOf(book: PresetBook): PresetView[] {
  return Object.keys(book)
    .sort()
    .flatMap((name) => {
      const { data } = storedPresetSchema.safeParse(book[name]);
      return data === undefined ? [] : [viewOf(name, data)];
    });
}

/** One of them as its owner sees it. */
export function viewOf(name: string, preset: StoredPreset): PresetView {
  return { name, ...preset };
}

/** With one more. @param at ISO. @throws Failure PRESET_EXISTS, PRESETS_LIMIT. */
export function withNew(book: PresetBook, asked: PresetSettings, at: string): PresetBook {
  requireFree(book, [asked.name]);
  return withinLimits({ ...book, [asked.name]: entryOf(asked, at) });
}

/** With other settings under that name, or another one. @throws Failure PRESET_NOT_FOUND, PRESET_EXISTS, PRESETS_LIMIT. */
export function withChanged(book: PresetBook, name: string, asked: PresetSettings, at: string): PresetBook {
  const rest = without(book, name);
  if (asked.name !== name) requireFree(rest, [asked.name]);
  const { createdAt = at } = storedPresetSchema.pick({ createdAt: true }).safeParse(book[name]).data ?? {};
  return withinLimits({ ...rest, [asked.name]: { ...entryOf(asked, at), createdAt } });
}

/** Without it. @throws Failure PRESET_NOT_FOUND. */
export function without(book: PresetBook, name: string): PresetBook {
  if (!Object.hasOwn(book, name)) throw new Failure('PRESET_NOT_FOUND');
  const { [name]: _gone, ...rest } = book;
  return rest;
}

/**
 * With all of them, or an error. What is there with the very same settings stays as it is.
 * @param options.replace whether those with other settings may go.
 * @throws Failure PRESET_EXISTS also for a name that comes twice; PRESETS_LIMIT.
 */
export function withImported(
  book: PresetBook,
  all: readonly PresetSettings[],
  { replace, at }: { readonly replace: boolean; readonly at: string },
): PresetBook {
  const twice = all.map(({ name }) => name).filter((name, index, names) => names.indexOf(name) !== index);
  if (twice.length > 0) throw exists(twice);
  const differing = all.filter(
    (asked) => !isDeepStrictEqual(sayingOf(book[asked.name]), sayingOf(entryOf(asked, at))),
  );
  const names = differing.map(({ name }) => name);
  requireFree(book, replace ? names.filter((name) => !Object.hasOwn(book, name)) : names);
  return withinLimits({
    ...book,
    ...Object.fromEntries(differing.map((one) => [one.name, entryOf(one, at)])),
  });
}

/**
 * What was another owner's becomes part of this book. One whose name is taken gets another, unless it does just the same.
 * May be repeated.
 * @returns the book, and what there was no room for.
 */
export function withAdopted(book: PresetBook, others: PresetBook): { book: PresetBook; left: PresetBook } {
  let grown = book;
  const left: Record<string, unknown> = {};
  for (const name of Object.keys(others).sort()) {
    const entry = others[name];
    const free = nameFor(grown, name, entry);
    if (free === undefined) continue;
    const next = { ...grown, [free]: entry };
    if (isWithinLimits(next)) grown = next;
    else left[name] = entry;
  }
  return { book: grown, left };
}

/** `name`, or the first of `name-2`, `name-3`, … that is free; undefined when one of them does the same. */
function nameFor(book: PresetBook, name: string, entry: unknown): string | undefined {
  for (let number = 1; ; number += 1) {
    const ending = number === 1 ? '' : `-${number}`;
    const candidate = `${name.slice(0, MAX_PRESET_NAME - ending.length)}${ending}`;
    if (!Object.hasOwn(book, candidate)) return candidate;
    if (isDeepStrictEqual(doingOf(book[candidate]), doingOf(entry))) return undefined;
  }
}

/** All that somebody has said of it. One that cannot be read is its own word. */
function sayingOf(entry: unknown): unknown {
  const { data } = storedPresetSchema.safeParse(entry);
  if (data === undefined) return entry;
  const { label, format, quality, options } = data;
  return [label, format, quality, options];
}

/** The same but for what people call it. */
function doingOf(entry: unknown): unknown {
  const saying = sayingOf(entry);
  return Array.isArray(saying) ? saying.slice(1) : saying;
}

/** Names of built-in presets are taken as well. */
function requireFree(book: PresetBook, names: readonly string[]): void {
  const taken = names.filter((name) => Object.hasOwn(book, name) || findPreset(name) !== undefined);
  if (taken.length > 0) throw exists(taken);
}

function exists(names: readonly string[]): Failure {
  return new Failure('PRESET_EXISTS', { detail: { names: [...new Set(names)] } });
}

function withinLimits(book: PresetBook): PresetBook {
  if (isWithinLimits(book)) return book;
  throw new Failure('PRESETS_LIMIT', { detail: { limit: MAX_PRESETS, limitBytes: MAX_PRESETS_BYTES } });
}

function isWithinLimits(book: PresetBook): boolean {
  const entries = Object.entries(book).map(([name, entry]) => ({ name, ...Object(entry) }));
  const bytes = Buffer.byteLength(JSON.stringify({ presets: entries }));
  return entries.length <= MAX_PRESETS && bytes <= MAX_PRESETS_BYTES;
}

function entryOf({ name, label = name, format, quality, options }: PresetSettings, at: string): StoredPreset {
  return {
    label: label.trim(),
    format,
    ...(quality === undefined ? {} : { quality }),
    options,
    createdAt: at,
    updatedAt: at,
  };
}
