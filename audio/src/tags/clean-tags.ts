/** The tags of a source that are worth keeping. */
import { commonName } from './names.ts';
import { textOnly, VALUE_SEPARATOR } from './separators.ts';

/** Bytes of UTF-8 that all keys and values of one file may have together (they live in the job record). */
const MAX_TOTAL_BYTES = 64 * 1024;
const MAX_KEY_LENGTH = 64;

/** Written by programs about the old file: wrong or noise in the new one. iTunSMPB would cut its sound. */
const technicalKeys = new Set(
  'encoder encoder_settings encoder_options major_brand minor_version compatible_brands creation_time handler_name vendor_id language duration itunsmpb itunnorm itunes_cddb_1 tsse tlen isvbr metadata_block_picture coverart coverartmime wmfsdkversion wmfsdkneeded devicetype bps timecode'.split(
    ' ',
  ),
);
const technicalPrefixes = [
  'id3v2_priv.',
  '_statistics',
  'number_of_',
  'wm/',
  'waveformatextensible',
  'chapter0',
];

/** The tags of a file as a record keeps them; see `inputFactsSchema`. */
interface CleanTags {
  readonly tags: Record<string, string>;
  readonly tagValues?: Record<string, string[]>;
}

/** What is kept of a file's tags, and how many could not be kept as they are. */
export interface CleanedTags {
  readonly kept: CleanTags;
  /** Tags that are left out or cut, because of their name or of the size of all; technical ones are not among them. */
  readonly lost: number;
}

/**
 * Neither JSON's readers nor DynamoDB's client keep this name: to them it is the prototype of what holds it.
 * `constructor` and all others are names like any.
 */
const UNKEEPABLE = '__proto__';

/**
 * Merges the tags of the container and of the audio stream (Ogg has them there; the container wins),
 * lower-cases the keys, drops technical ones, and caps the whole.
 * @param several what is known to have several values; of a tag that is not among the others it says nothing.
 */
export function cleanTags(
  container: Readonly<Record<string, string>>,
  stream: Readonly<Record<string, string>>,
  several: ReadonlyMap<string, readonly string[]> = new Map(),
): CleanedTags {
  const tags = new Map<string, string>();
  const tagValues = new Map<string, string[]>();
  const lost = new Set<string>();
  let room = MAX_TOTAL_BYTES;
  for (const [rawKey, rawValue] of [...Object.entries(container), ...Object.entries(stream)]) {
    const own = textOnly(rawKey.toLowerCase()).trim();
    const common = commonName(own);
    // Lyrics in several languages have one name: of those the first.
    const key = common !== own && tags.has(common) ? own : common;
    const texts = (several.get(key) ?? [rawValue]).map(textOnly).filter((text) => text.trim() !== '');
    if (key === '' || tags.has(key) || isTechnical(key) || texts.length === 0) continue;
    if (key === UNKEEPABLE || key.length > MAX_KEY_LENGTH) {
      lost.add(key);
      continue;
    }
    room -= Buffer.byteLength(key);
    const values: string[] = [];
    for (const text of texts) {
      const value = room > 0 ? cutToBytes(text, room) : '';
      if (value !== text) lost.add(key);
      if (value.trim() === '') continue;
      values.push(value);
      room -= Buffer.byteLength(value) + VALUE_SEPARATOR.length;
    }
    if (values.length === 0) continue;
    tags.set(key, values.join(VALUE_SEPARATOR));
    if (values.length > 1) tagValues.set(key, values);
  }
  const kept = {
    tags: Object.fromEntries(tags),
    ...(tagValues.size === 0 ? {} : { tagValues: Object.fromEntries(tagValues) }),
  };
  return { kept, lost: lost.size };
}

function isTechnical(key: string): boolean {
  return technicalKeys.has(key) || technicalPrefixes.some((prefix) => key.startsWith(prefix));
}

/** Cuts at a character, never within one. */
function cutToBytes(text: string, limit: number): string {
  const encoded = new TextEncoder().encode(text);
  if (encoded.length <= limit) return text;
  return new TextDecoder().decode(encoded.subarray(0, limit)).replace(/\uFFFD+$/, '');
}
