/**
 * Frames that FFmpeg does not write: it makes texts of its own naming of them (`TXXX`), which no player shows. In the finished
 * tag they become what they are.
 */
import type { FileHandle } from 'node:fs/promises';
import { readAt } from '../../probing/read-at.ts';
import { MARK } from '../separators.ts';
import { chunksBetween } from './chunks.ts';
import { id3End, synchsafe } from './id3.ts';
import type { ReadBytes } from './tag-pair.ts';

/** By the names of our tags, and where FFmpeg gives another one, by that. */
const frameOf: ReadonlyMap<string, string> = new Map(
  Object.entries({
    comment: 'COMM',
    lyrics: 'USLT',
    uslt: 'USLT',
    compilation: 'TCMP',
    tcmp: 'TCMP',
    bpm: 'TBPM',
    grouping: 'TIT1',
    initialkey: 'TKEY',
    isrc: 'TSRC',
    subtitle: 'TIT3',
    'album-sort': 'TSOA',
    'artist-sort': 'TSOP',
    'title-sort': 'TSOT',
  }),
);
/** What they say of their language, and most programs do whatever it is. */
const LANGUAGE = 'eng';

const HEADER_BYTES = 10;
/** A tag with a picture; a larger one stays as it is. */
const MOST_TAG_BYTES = 32 * 1024 ** 2;

/** Whether any of these tags has such a frame. */
export function needsFrames(names: Iterable<string>): boolean {
  return [...names].some((name) => frameOf.has(name));
}

/** @param file an MP3 or AIFF that FFmpeg wrote for us; open for reading and writing. Its tag keeps its length. */
export async function nameFrames(file: FileHandle): Promise<void> {
  const read: ReadBytes = (at, length) => readAt(file, at, length);
  const at = await id3Place(read, (await file.stat()).size);
  const end = (await id3End(read, at)) ?? at;
  if (end === at || end - at > MOST_TAG_BYTES) return;
  const tag = withFrames(await read(at, end - at));
  for (let done = 0; done < tag.length; )
    done += (await file.write(tag, done, tag.length - done, at + done)).bytesWritten;
}

/** The ID3 tag is in front of an MP3, and in a chunk of an AIFF. */
export async function id3Place(read: ReadBytes, sizeBytes: number): Promise<number> {
  if ((await read(0, 4)).toString('latin1') !== 'FORM') return 0;
  const chunks = await chunksBetween(read, 12, sizeBytes, 'BE');
  return chunks.find(({ name }) => name === 'ID3 ')?.from ?? 0;
}

/** All of them are shorter than what they replace: padding takes up the rest. */
function withFrames(tag: Buffer): Buffer {
  const isOld = tag.readUInt8(3) < 4;
  const named = Buffer.alloc(tag.length);
  let to = tag.copy(named, 0, 0, HEADER_BYTES);
  for (let at = HEADER_BYTES; at + HEADER_BYTES <= tag.length; ) {
    const id = tag.toString('latin1', at, at + 4);
    if (!/^[A-Z0-9]{4}$/.test(id)) break; // padding
    const next = at + HEADER_BYTES + (isOld ? tag.readUInt32BE(at + 4) : synchsafe(tag, at + 4));
    const frame = id === 'TXXX' ? namedFrame(tag.subarray(at + HEADER_BYTES, next)) : undefined;
    if (frame === undefined) {
      to += tag.copy(named, to, at, next);
    } else {
      named.write(frame.id, to, 'latin1');
      named.writeUInt32BE(isOld ? frame.body.length : sevenBits(frame.body.length), to + 4);
      to += HEADER_BYTES + frame.body.copy(named, to + HEADER_BYTES);
    }
    at = next;
  }
  return named;
}

/** @param body of a `TXXX`: how texts are coded, the name with its end, and the text. Undefined where it stays one. */
function namedFrame(body: Buffer): { readonly id: string; readonly body: Buffer } | undefined {
  const coding = body.subarray(0, 1);
  const isWide = coding[0] === 1;
  const nul = Buffer.alloc(isWide ? 2 : 1);
  const nameEnd = endOfName(body, nul.length);
  const name = body.toString(isWide ? 'utf16le' : 'utf8', 1, nameEnd).replace('\ufeff', '');
  const text = body.subarray(nameEnd + nul.length);
  const id = frameOf.get(name.toLowerCase());
  if (id === undefined) return undefined;
  if (id.startsWith('T')) return { id, body: Buffer.concat([coding, text]) };
  // There are no several comments in one frame.
  if (text.includes(MARK)) return undefined;
  const noName = isWide ? Buffer.concat([text.subarray(0, 2), nul]) : nul;
  return { id, body: Buffer.concat([coding, Buffer.from(LANGUAGE), noName, text]) };
}

/** Characters of two bytes begin at every other place. */
function endOfName(body: Buffer, width: number): number {
  let at = 1;
  while (at < body.length && body.subarray(at, at + width).some((byte) => byte !== 0)) at += width;
  return at;
}

/** Seven bits in each of four bytes. */
function sevenBits(size: number): number {
  return [21, 14, 7, 0].reduce((all, shift) => all * 256 + ((size >> shift) & 0x7f), 0);
}
