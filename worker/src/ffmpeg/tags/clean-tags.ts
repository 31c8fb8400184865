/** The tags of a source that are worth keeping. */

/** Bytes of UTF-8 that all keys and values of one file may have together (they live in the job record). */
const MAX_TOTAL_BYTES = 64 * 1024;
const MAX_KEY_LENGTH = 64;

/** Written by programs about the old file: wrong or noise in the new one. iTunSMPB would cut its sound. */
const technicalKeys = new Set(
  'encoder encoder_settings encoder_options major_brand minor_version compatible_brands creation_time handler_name vendor_id language duration itunsmpb itunnorm itunes_cddb_1 tsse tlen isvbr metadata_block_picture coverart coverartmime wmfsdkversion wmfsdkneeded devicetype bps timecode __proto__'.split(
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

/**
 * Merges the tags of the container and of the audio stream (Ogg has them there; the container wins),
 * lower-cases the keys, drops technical ones, and caps the whole.
 */
export function cleanTags(
  container: Readonly<Record<string, string>>,
  stream: Readonly<Record<string, string>>,
): Record<string, string> {
  const tags = new Map<string, string>();
  let bytes = 0;
  for (const [rawKey, rawValue] of [...Object.entries(container), ...Object.entries(stream)]) {
    const key = rawKey.toLowerCase().replaceAll('\0', '').trim();
    if (key === '' || key.length > MAX_KEY_LENGTH || tags.has(key) || isTechnical(key)) continue;
    const room = MAX_TOTAL_BYTES - bytes - Buffer.byteLength(key);
    if (room <= 0) continue;
    const value = cutToBytes(rawValue.replaceAll('\0', ''), room);
    if (value.trim() === '') continue;
    tags.set(key, value);
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  return Object.fromEntries(tags);
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
