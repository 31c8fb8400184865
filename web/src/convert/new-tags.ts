/** The tags that a user writes into results, and those that are left out. */
import { removeTagsSchema } from '@wavefleet/contracts/tags.ts';

/** Those that have a field, by the names that FFmpeg has for them, in the order of the fields. */
export const tagFields = {
  title: 'Title',
  artist: 'Artist',
  album: 'Album',
  album_artist: 'Album artist',
  track: 'Track number',
  date: 'Year',
  genre: 'Genre',
} as const;
export type TagField = keyof typeof tagFields;

/** What stands in those fields; a field that is not there is empty. */
export type NewTags = { readonly [Field in TagField]?: string };

/** Characters in one field: all of them together are far from what a request may have. */
export const MOST_CHARACTERS = 500;

/** `options.setTags`; undefined when every field is empty. */
export function setTagsOf(tags: NewTags): Record<string, string> | undefined {
  const filled = Object.entries(tags)
    .map(([name, text]) => [name, text.trim()] as const)
    .filter(([, text]) => text !== '');
  return filled.length === 0 ? undefined : Object.fromEntries(filled);
}

/** The names in `comment, genre`; undefined of an empty field; `invalid` when one is no name of a tag. */
export function parseTagNames(text: string): string[] | undefined | 'invalid' {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length === 0) return undefined;
  return removeTagsSchema.safeParse(names).data ?? 'invalid';
}
