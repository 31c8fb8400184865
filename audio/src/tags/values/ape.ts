/** APEv2 tags (wiki.hydrogenaud.io, "APEv2 specification"): at the end of a file, values parted by NUL. */
import { textOf } from '../text.ts';
import { MAX_ITEMS, MAX_TEXT_BYTES, type ReadBytes, splitAtNul, type TagPair } from './tag-pair.ts';

const FOOTER_BYTES = 32;
/** An ID3v1 tag may stand behind. */
const ID3V1_BYTES = 128;

/** FFmpeg's names; all others keep theirs, in lower case. */
const renamed: ReadonlyMap<string, string> = new Map([
  ['album artist', 'album_artist'],
  ['albumartist', 'album_artist'],
  ['year', 'date'],
]);

/** The text of the file's last tag. */
export async function* apeTexts(read: ReadBytes, sizeBytes: number): AsyncGenerator<TagPair> {
  for (const end of [sizeBytes, sizeBytes - ID3V1_BYTES]) {
    const footer = end < FOOTER_BYTES ? Buffer.alloc(0) : await read(end - FOOTER_BYTES, FOOTER_BYTES);
    if (footer.length < FOOTER_BYTES || footer.toString('latin1', 0, 8) !== 'APETAGEX') continue;
    // The size counts the items and this footer.
    const from = end - footer.readUInt32LE(12);
    if (from >= 0) yield* items(read, from, end - FOOTER_BYTES, footer.readUInt32LE(16));
    return;
  }
}

async function* items(read: ReadBytes, from: number, to: number, count: number): AsyncGenerator<TagPair> {
  let at = from;
  for (let index = 0; index < Math.min(count, MAX_ITEMS) && at + 8 < to; index += 1) {
    // A key has at most 255 bytes.
    const head = await read(at, Math.min(8 + 256, to - at));
    const keyEnd = head.indexOf(0, 8);
    if (keyEnd < 0) break;
    const length = head.readUInt32LE(0);
    const isText = (head.readUInt32LE(4) & 6) === 0;
    const valueAt = at + keyEnd + 1;
    if (isText && length <= MAX_TEXT_BYTES && valueAt + length <= to) {
      const key = head.toString('latin1', 8, keyEnd).toLowerCase();
      const texts = splitAtNul(textOf(await read(valueAt, length)));
      for (const value of texts) yield [renamed.get(key) ?? key, value];
    }
    at = valueAt + length;
  }
}
