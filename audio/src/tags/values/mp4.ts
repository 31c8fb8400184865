/** Tags of MP4 as iTunes writes them: `moov.udta.meta.ilst`, each tag with one `data` for each value. */
import { textOf } from '../text.ts';
import { MAX_ITEMS, MAX_TEXT_BYTES, type ReadBytes, type TagPair } from './tag-pair.ts';

/** FFmpeg's names of the atoms that may have several values; others have one. */
const names: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '\xa9ART': 'artist',
    '\xa9alb': 'album',
    '\xa9cmt': 'comment',
    '\xa9gen': 'genre',
    '\xa9grp': 'grouping',
    '\xa9nam': 'title',
    '\xa9wrt': 'composer',
    aART: 'album_artist',
    cprt: 'copyright',
    desc: 'description',
    keyw: 'keywords',
  }),
);

/** A box of a file: its kind, and where its content lies. */
export interface Box {
  readonly kind: string;
  readonly from: number;
  readonly to: number;
}

/** The boxes between two places, in order (ISO 14496-12 §4.2). What is cut off or absurd ends them. */
export async function boxesBetween(
  read: ReadBytes,
  from: number,
  to: number,
  most = MAX_ITEMS,
): Promise<Box[]> {
  const boxes: Box[] = [];
  let at = from;
  while (at + 8 <= to && boxes.length < most) {
    const header = await read(at, 16);
    if (header.length < 8) break;
    let [size, headerBytes] = [header.readUInt32BE(0), 8];
    if (size === 0) size = to - at;
    if (size === 1 && header.length === 16) [size, headerBytes] = [Number(header.readBigUInt64BE(8)), 16];
    if (size < headerBytes || at + size > to) break;
    boxes.push({ kind: header.toString('latin1', 4, 8), from: at + headerBytes, to: at + size });
    at += size;
  }
  return boxes;
}

/** The boxes of the tag list. @param sizeBytes of the file. @param most at which a hostile list is left. */
export async function itemBoxes(read: ReadBytes, sizeBytes: number, most = MAX_ITEMS): Promise<Box[]> {
  let range: { from: number; to: number } = { from: 0, to: sizeBytes };
  for (const kind of ['moov', 'udta', 'meta', 'ilst']) {
    const found = (await boxesBetween(read, range.from, range.to)).find((box) => box.kind === kind);
    if (found === undefined) return [];
    // A `meta` of MP4 begins with version and flags, one of QuickTime does not.
    const isFull = kind === 'meta' && (await read(found.from + 4, 4)).toString('latin1') !== 'hdlr';
    range = isFull ? { from: found.from + 4, to: found.to } : found;
  }
  return await boxesBetween(read, range.from, range.to, most);
}

/** The text of the tag list. */
export async function* mp4Texts(read: ReadBytes, sizeBytes: number): AsyncGenerator<TagPair> {
  for (const item of await itemBoxes(read, sizeBytes)) {
    const known = names.get(item.kind);
    if (known === undefined && item.kind !== '----') continue;
    const boxes = await boxesBetween(read, item.from, item.to);
    const called = boxes.find(({ kind }) => kind === 'name');
    // Version and flags stand before the name; type and locale before a value.
    const name = known ?? (called && (await textIn(read, called.from + 4, called.to)).toLowerCase());
    if (name === undefined) continue;
    for (const { kind, from, to } of boxes) {
      if (kind !== 'data' || (await read(from, 4)).toString('hex') !== '00000001') continue; // UTF-8
      yield [name, await textIn(read, from + 8, to)];
    }
  }
}

async function textIn(read: ReadBytes, from: number, to: number): Promise<string> {
  return to <= from || to - from > MAX_TEXT_BYTES ? '' : textOf(await read(from, to - from));
}
