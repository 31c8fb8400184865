/** Vorbis comments (xiph.org, "Ogg Vorbis I format specification: comment field"), in FLAC and in Ogg. */
import { commonName } from '../names.ts';
import { textOf } from '../text.ts';
import { MAX_ITEMS, MAX_TEXT_BYTES, type ReadBytes, type TagPair } from './tag-pair.ts';

/** FFmpeg's names of comments that it renames; all others keep theirs. */
const renamed: ReadonlyMap<string, string> = new Map([
  ['albumartist', 'album_artist'],
  ['tracknumber', 'track'],
  ['discnumber', 'disc'],
  ['description', 'comment'],
]);

/** FFmpeg's name, in lower case, of a tag that people call so: most know those of comments. */
export function tagName(name: string): string {
  const key = commonName(name);
  return renamed.get(key) ?? key;
}

/** The name of a comment for one of FFmpeg's. */
export function commentName(name: string): string {
  const native = [...renamed].find(([, theirs]) => theirs === name)?.[0];
  return (native ?? name).toUpperCase();
}

/** The comments of a block, which starts with the length of the vendor's name. */
export function vorbisComments(block: Buffer): TagPair[] {
  return commentEntries(block).entries.flatMap(({ from, to }) => {
    if (to - from > MAX_TEXT_BYTES) return []; // a picture
    const [name = '', ...value] = textOf(block.subarray(from, to)).split('=');
    return [[tagName(name), value.join('=')] as const];
  });
}

/** Where the count of comments and each of them stand; what is cut off or absurd is left out. */
export function commentEntries(block: Buffer): {
  readonly countAt: number;
  readonly entries: readonly { readonly from: number; readonly to: number }[];
} {
  const none = { countAt: 0, entries: [] };
  if (block.length < 8) return none;
  const countAt = 4 + block.readUInt32LE(0);
  if (countAt + 4 > block.length) return none;
  const count = Math.min(MAX_ITEMS, block.readUInt32LE(countAt));
  const entries: { from: number; to: number }[] = [];
  let at = countAt + 4;
  while (entries.length < count && at + 4 <= block.length) {
    const from = at + 4;
    const to = from + block.readUInt32LE(at);
    if (to > block.length) break;
    entries.push({ from, to });
    at = to;
  }
  return { countAt, entries };
}

/** Blocks before the sound; real files have a handful. */
const MAX_BLOCKS = 128;

/** Where the body of a FLAC file's comment block lies (RFC 9639 §8.6). @param at of `fLaC`. */
export async function flacCommentBlock(
  read: ReadBytes,
  at: number,
): Promise<{ readonly at: number; readonly length: number } | undefined> {
  let next = at + 4;
  for (let count = 0; count < MAX_BLOCKS; count += 1) {
    const header = await read(next, 4);
    if (header.length < 4) return undefined;
    const length = header.readUIntBE(1, 3);
    const kind = header.readUInt8(0);
    if ((kind & 0x7f) === 4) return { at: next + 4, length };
    if (kind >= 0x80) return undefined;
    next += 4 + length;
  }
  return undefined;
}
