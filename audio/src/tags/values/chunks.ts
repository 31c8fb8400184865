/** Chunks of RIFF (WAV) and FORM (AIFF) files that hold tags: `LIST INFO`, and ID3 in a chunk of its own. */
import { textOf } from '../text.ts';
import { id3Texts } from './id3.ts';
import { MAX_ITEMS, MAX_TEXT_BYTES, type ReadBytes, type TagPair } from './tag-pair.ts';

/** FFmpeg's names of what may be given twice. */
const infoNames: ReadonlyMap<string, string> = new Map([
  ['IART', 'artist'],
  ['IGNR', 'genre'],
  ['ICMT', 'comment'],
  ['IKEY', 'keywords'],
]);

/** A chunk: its name, and where its content lies. */
export interface Chunk {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** Chunks between two places; one that is cut off is the last. */
export async function chunksBetween(
  read: ReadBytes,
  from: number,
  to: number,
  order: 'LE' | 'BE',
): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  let at = from;
  while (at + 8 <= to && chunks.length < MAX_ITEMS) {
    const header = await read(at, 8);
    if (header.length < 8) break;
    const length = order === 'LE' ? header.readUInt32LE(4) : header.readUInt32BE(4);
    const end = at + 8 + length;
    chunks.push({ name: header.toString('latin1', 0, 4), from: at + 8, to: Math.min(end, to) });
    at = end + (length % 2);
  }
  return chunks;
}

/** The text of a WAV or AIFF file. */
export async function* chunkTexts(
  read: ReadBytes,
  sizeBytes: number,
  order: 'LE' | 'BE',
): AsyncGenerator<TagPair> {
  for (const { name, from, to } of await chunksBetween(read, 12, sizeBytes, order)) {
    if (name.toUpperCase() === 'ID3 ') yield* id3Texts(read, from);
    if (name !== 'LIST' || (await read(from, 4)).toString('latin1') !== 'INFO') continue;
    for (const info of await chunksBetween(read, from + 4, to, 'LE')) {
      const known = infoNames.get(info.name);
      const length = info.to - info.from;
      if (known === undefined || length > MAX_TEXT_BYTES) continue;
      yield [known, textOf(await read(info.from, length)).replace(/\0+$/, '')];
    }
  }
}
