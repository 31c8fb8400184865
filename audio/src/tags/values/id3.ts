/** ID3v2.2 to 2.4 (id3.org): text frames, whose values are parted by NUL. */
import { commonName } from '../names.ts';
import { textOf } from '../text.ts';
import { MAX_ITEMS, MAX_TEXT_BYTES, type ReadBytes, splitAtNul, type TagPair } from './tag-pair.ts';

/** FFmpeg's names; other text frames have their own as name, and TXXX says it. */
const names: ReadonlyMap<string, string> = new Map(
  Object.entries({
    TALB: 'album',
    TAL: 'album',
    TCOM: 'composer',
    TCM: 'composer',
    TCON: 'genre',
    TCO: 'genre',
    TCOP: 'copyright',
    TENC: 'encoded_by',
    TIT1: 'grouping',
    TIT2: 'title',
    TT2: 'title',
    TLAN: 'language',
    TPE1: 'artist',
    TP1: 'artist',
    TPE2: 'album_artist',
    TP2: 'album_artist',
    TPE3: 'performer',
    TP3: 'performer',
    TPUB: 'publisher',
    TSOA: 'album-sort',
    TSOP: 'artist-sort',
    TSOT: 'title-sort',
  }),
);

const SYNCHSAFE = 0x7f;
const HEADER_BYTES = 10;
/** Of a tag that is written "unsynchronised" as a whole, this much is looked at. */
const MAX_UNSYNCHRONISED_BYTES = 1024 * 1024;

/** Where the tag at this place ends; undefined when there is none. */
export async function id3End(read: ReadBytes, at: number): Promise<number | undefined> {
  const header = await read(at, HEADER_BYTES);
  if (header.length < HEADER_BYTES || header.toString('latin1', 0, 3) !== 'ID3') return undefined;
  return at + HEADER_BYTES + synchsafe(header, 6);
}

/** The text of the tag at this place; pictures and the like are passed over unread. */
export async function* id3Texts(readFile: ReadBytes, at: number): AsyncGenerator<TagPair> {
  const end = await id3End(readFile, at);
  if (end === undefined) return;
  const header = await readFile(at, HEADER_BYTES);
  const version = header.readUInt8(3);
  const flags = header.readUInt8(5);
  let [read, next, last] = [readFile, at + HEADER_BYTES, end];
  if ((flags & 0x80) !== 0 && version < 4) {
    const whole = synchronised(await readFile(next, Math.min(end - next, MAX_UNSYNCHRONISED_BYTES)));
    [read, next, last] = [async (from, length) => whole.subarray(from, from + length), 0, whole.length];
  }
  if ((flags & 0x40) !== 0 && version >= 3) {
    const size = await read(next, 4);
    if (size.length < 4) return;
    next += version === 3 ? 4 + size.readUInt32BE(0) : synchsafe(size, 0);
  }
  for (let frames = 0; frames < MAX_ITEMS && next + 6 < last; frames += 1) {
    const frame = frameOf(await read(next, HEADER_BYTES), version);
    if (frame === undefined) break;
    const from = next + frame.headerBytes;
    next = from + frame.length;
    if (!frame.isReadable || !frame.id.startsWith('T') || frame.length > MAX_TEXT_BYTES) continue;
    const body = await read(from + frame.extraBytes, frame.length - frame.extraBytes);
    yield* textsOf(frame.id, frame.isUnsynchronised ? synchronised(body) : body);
  }
}

/** A frame's header; undefined for padding and what is no frame. */
function frameOf(header: Buffer, version: number) {
  if (version < 3) {
    const id = header.toString('latin1', 0, 3);
    if (header.length < 6 || !/^[A-Z0-9]{3}$/.test(id)) return undefined;
    const length = header.readUIntBE(3, 3);
    return { id, headerBytes: 6, length, extraBytes: 0, isReadable: true, isUnsynchronised: false };
  }
  const id = header.toString('latin1', 0, 4);
  if (header.length < HEADER_BYTES || !/^[A-Z0-9]{4}$/.test(id)) return undefined;
  const flags = header.readUInt8(9);
  const plain = header.readUInt32BE(4);
  if (version === 3) {
    const extraBytes = (flags & 0x20) === 0 ? 0 : 1;
    return {
      id,
      headerBytes: HEADER_BYTES,
      length: plain,
      extraBytes,
      isReadable: (flags & 0xc0) === 0,
      isUnsynchronised: false,
    };
  }
  // iTunes wrote plain sizes into 2.4: with a high bit, it is one.
  const length = (plain & 0x80808080) === 0 ? synchsafe(header, 4) : plain;
  const extraBytes = ((flags & 0x40) === 0 ? 0 : 1) + ((flags & 1) === 0 ? 0 : 4);
  return {
    id,
    headerBytes: HEADER_BYTES,
    length,
    extraBytes,
    isReadable: (flags & 0x0c) === 0,
    isUnsynchronised: (flags & 2) !== 0,
  };
}

function textsOf(id: string, body: Buffer): TagPair[] {
  const text = decoded(body.subarray(1), body[0] ?? 0);
  if (id !== 'TXXX' && id !== 'TXX') {
    const name = names.get(id) ?? commonName(id);
    return splitAtNul(text).map((value) => [name, value] as const);
  }
  const end = text.indexOf('\0');
  if (end < 0) return [];
  const [name = ''] = splitAtNul(text.slice(0, end));
  return splitAtNul(text.slice(end + 1)).map((value) => [commonName(name), value] as const);
}

function decoded(bytes: Buffer, encoding: number): string {
  if (encoding === 1) return new TextDecoder(bytes[0] === 0xfe ? 'utf-16be' : 'utf-16le').decode(bytes);
  return encoding === 2 ? new TextDecoder('utf-16be').decode(bytes) : textOf(bytes);
}

/** Without the zeros that stand after each FF so that no player takes it for a frame of sound. */
function synchronised(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').replaceAll('\xff\0', '\xff'), 'latin1');
}

/** Four times seven bits. */
export function synchsafe(bytes: Buffer, at: number): number {
  return [0, 1, 2, 3].reduce((value, index) => value * 128 + ((bytes[at + index] ?? 0) & SYNCHSAFE), 0);
}
