/** Tags of ASF, the container of WMA ("Advanced Systems Format specification" §3.11, §4.8): attributes repeat. */
import { MAX_ITEMS, type TagPair } from './tag-pair.ts';

/** GUIDs as they lie in a file. */
const EXTENDED_CONTENT = Buffer.from('40a4d0d207e3d21197f000a0c95ea850', 'hex');
const METADATA_LIBRARY = Buffer.from('941c23449894d149a1411d134e457054', 'hex');
/** Object header: GUID and size. */
const HEADER_BYTES = 24;
/** Attribute type of UTF-16 text. */
const TEXT = 0;

/** FFmpeg's names; others keep theirs. */
const renamed: ReadonlyMap<string, string> = new Map([
  ['author', 'artist'],
  ['wm/albumartist', 'album_artist'],
  ['wm/albumtitle', 'album'],
  ['wm/composer', 'composer'],
  ['wm/genre', 'genre'],
]);

/** The text of a file's header object, of which the beginning is given. Objects are found by their GUIDs. */
export function asfTexts(header: Buffer): TagPair[] {
  return [...attributes(header, EXTENDED_CONTENT, 'short'), ...attributes(header, METADATA_LIBRARY, 'long')];
}

/** @param form whether an attribute is name and value, or has language, stream and a long size besides. */
function attributes(header: Buffer, guid: Buffer, form: 'short' | 'long'): TagPair[] {
  const pairs: TagPair[] = [];
  const start = header.indexOf(guid);
  const [isShort, fixedBytes] = [form === 'short', form === 'short' ? 2 : 12];
  let at = start + HEADER_BYTES;
  if (start < 0 || at + 2 > header.length) return [];
  const count = Math.min(MAX_ITEMS, header.readUInt16LE(at));
  at += 2;
  for (let index = 0; index < count && at + fixedBytes <= header.length; index += 1) {
    const nameBytes = header.readUInt16LE(isShort ? at : at + 4);
    const nameAt = at + fixedBytes;
    const restAt = isShort ? nameAt + nameBytes : at + 6;
    if (restAt + 6 > header.length) break;
    const type = header.readUInt16LE(restAt);
    const length = isShort ? header.readUInt16LE(restAt + 2) : header.readUInt32LE(restAt + 2);
    const valueAt = isShort ? restAt + 4 : nameAt + nameBytes;
    if (valueAt + length > header.length) break;
    if (type === TEXT) {
      const name = utf16(header.subarray(nameAt, nameAt + nameBytes)).toLowerCase();
      pairs.push([renamed.get(name) ?? name, utf16(header.subarray(valueAt, valueAt + length))]);
    }
    at = valueAt + length;
  }
  return pairs;
}

function utf16(bytes: Buffer): string {
  return new TextDecoder('utf-16le').decode(bytes).replace(/\0+$/, '');
}
