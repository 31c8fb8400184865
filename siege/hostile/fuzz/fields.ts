/** Where the headers of a file have numbers: sizes, counts and offsets, which programs believe. */

/** A number in a header. */
export interface Field {
  readonly at: number;
  readonly bytes: number;
  readonly order: 'LE' | 'BE';
}

/** Fields beyond are left out: a file of many small parts has the same ones over and over. */
const MAX_FIELDS = 400;

/** All that are found; a container that is not known has those of its first bytes. */
export function fieldsOf(file: Buffer): readonly Field[] {
  const magic = file.toString('latin1', 0, 4);
  const fields = [...(readers.find(({ begins }) => begins(magic, file))?.read(file) ?? [])];
  return [...fields.slice(0, MAX_FIELDS), ...everywhere(file)];
}

const field = (at: number, bytes: number, order: Field['order']): Field => ({ at, bytes, order });

/** Numbers of every width in the first bytes, aligned. */
function everywhere(file: Buffer): Field[] {
  const fields: Field[] = [];
  for (let at = 0; at + 4 <= Math.min(64, file.length); at += 2) {
    fields.push(field(at, 2, 'LE'), field(at, 4, 'BE'));
  }
  return fields;
}

type Reader = (file: Buffer) => Iterable<Field>;

/** RIFF, RIFX and FORM: a size for each chunk, and numbers within the small ones. */
const chunks = (order: Field['order']): Reader =>
  function* (file) {
    yield field(4, 4, order);
    for (let at = 12; at + 8 <= file.length; ) {
      yield field(at + 4, 4, order);
      const size = order === 'LE' ? file.readUInt32LE(at + 4) : file.readUInt32BE(at + 4);
      const name = file.toString('latin1', at, at + 4);
      if (name === 'LIST') {
        at += 12;
        continue;
      }
      for (let inner = at + 8; inner + 2 <= Math.min(at + 8 + size, at + 72, file.length); inner += 2)
        yield field(inner, 2, order);
      at += 8 + size + (size % 2);
    }
  };

/** Boxes that hold boxes. */
const nests = new Set([
  'moov',
  'trak',
  'mdia',
  'minf',
  'stbl',
  'udta',
  'ilst',
  'edts',
  'dinf',
  'moof',
  'traf',
  'mvex',
  'meta',
  'stsd',
]);

/** ISO BMFF: sizes of all boxes, and the numbers of those that are tables or headers. */
function* boxes(file: Buffer, from = 0, to = file.length): Iterable<Field> {
  for (let at = from; at + 8 <= to; ) {
    const size = file.readUInt32BE(at);
    const type = file.toString('latin1', at + 4, at + 8);
    yield field(at, 4, 'BE');
    if (size < 8 || at + size > to) return;
    const inside = at + 8 + (type === 'meta' ? 4 : type === 'stsd' ? 8 : 0);
    if (nests.has(type)) yield* boxes(file, inside, at + size);
    if (type === 'stsd') yield field(at + 12, 4, 'BE');
    if (!nests.has(type) && type !== 'mdat' && type !== 'ftyp')
      for (let inner = at + 8; inner + 4 <= Math.min(at + size, at + 104); inner += 4)
        yield field(inner, 4, 'BE');
    at += size;
  }
}

const masters = new Set([
  0x18538067, 0x1549a966, 0x1654ae6b, 0xae, 0xe1, 0x1254c367, 0x7373, 0x67c8, 0x114d9b74, 0x4dbb, 0x1f43b675,
  0xa0, 0x1c53bb6b, 0xbb,
]);

/** EBML: the size of each element, and what is in the small ones. */
function* elements(file: Buffer): Iterable<Field> {
  for (let at = 0; at + 2 <= file.length; ) {
    const idBytes = widthOf(file[at]);
    const sizeAt = at + idBytes;
    const sizeBytes = widthOf(file[sizeAt]);
    if (sizeAt + sizeBytes > file.length || idBytes > 4) return;
    const id = file.readUIntBE(at, idBytes);
    yield field(sizeAt, Math.min(sizeBytes, 6), 'BE');
    const rest = file.subarray(sizeAt, sizeAt + sizeBytes);
    const size = [...rest].reduce(
      (sum, byte, index) => (index === 0 ? byte & (0xff >> sizeBytes) : sum * 256 + byte),
      0,
    );
    const body = sizeAt + sizeBytes;
    if (masters.has(id)) {
      at = body;
      continue;
    }
    if (size > 0 && size <= 8) yield field(body, Math.min(size, 6), 'BE');
    at = body + size;
  }
}

const widthOf = (byte = 0): number => (byte === 0 ? 9 : Math.clz32(byte) - 23);

/** Ogg: of each page granule, serial, sequence, the number of segments and the first of them; then the headers. */
function* pages(file: Buffer): Iterable<Field> {
  for (let at = file.indexOf('OggS'); at >= 0; at = file.indexOf('OggS', at + 4)) {
    yield* [field(at + 5, 1, 'LE'), field(at + 6, 4, 'LE'), field(at + 10, 4, 'LE'), field(at + 14, 4, 'LE')];
    yield* [field(at + 18, 4, 'LE'), field(at + 26, 1, 'LE'), field(at + 27, 1, 'LE')];
    const body = at + 27 + (file[at + 26] ?? 0);
    for (let inner = body; inner < Math.min(body + 60, file.length - 4); inner += 3)
      yield field(inner, 4, 'LE');
  }
}

/** FLAC: block headers, STREAMINFO, the lengths in comments; then the first frames. */
function* flacBlocks(file: Buffer): Iterable<Field> {
  let at = 4;
  for (let isLast = false; !isLast && at + 4 <= file.length; ) {
    isLast = (file[at] ?? 0) >= 0x80;
    yield* [field(at, 1, 'BE'), field(at + 1, 3, 'BE')];
    const size = file.readUIntBE(at + 1, 3);
    for (let inner = at + 4; inner + 4 <= Math.min(at + 4 + size, at + 68); inner += 2)
      yield field(inner, 4, 'LE');
    at += 4 + size;
  }
  for (let inner = at; inner + 2 <= Math.min(at + 32, file.length); inner += 1) yield field(inner, 1, 'BE');
}

/** ID3 in front of MPEG frames: the tag's size, each frame's, and the headers of the first frames of sound. */
function* id3Frames(file: Buffer): Iterable<Field> {
  yield* [field(3, 1, 'BE'), field(5, 1, 'BE'), field(6, 4, 'BE')];
  const end = 10 + [6, 7, 8, 9].reduce((size, at) => size * 128 + ((file[at] ?? 0) & 0x7f), 0);
  for (let at = 10; at + 10 <= Math.min(end, file.length); ) {
    yield* [field(at + 4, 4, 'BE'), field(at + 8, 2, 'BE'), field(at + 10, 1, 'BE')];
    at += 10 + file.readUInt32BE(at + 4);
  }
  for (let inner = end; inner + 4 <= Math.min(end + 180, file.length); inner += 4)
    yield field(inner, 4, 'BE');
}

/** ASF: the size of each object of the header, and the numbers in them. */
function* objects(file: Buffer): Iterable<Field> {
  yield* [field(16, 4, 'LE'), field(24, 4, 'LE')];
  for (let at = 30; at + 24 <= file.length; ) {
    const size = file.readUInt32LE(at + 16);
    yield field(at + 16, 4, 'LE');
    for (let inner = at + 24; inner + 4 <= Math.min(at + size, at + 104, file.length); inner += 2)
      yield field(inner, 4, 'LE');
    if (size < 24) return;
    at += size;
  }
}

const readers: readonly {
  readonly begins: (magic: string, file: Buffer) => boolean;
  readonly read: Reader;
}[] = [
  { begins: (magic) => magic === 'RIFF', read: chunks('LE') },
  { begins: (magic) => magic === 'FORM', read: chunks('BE') },
  { begins: (magic) => magic === 'OggS', read: pages },
  { begins: (magic) => magic === 'fLaC', read: flacBlocks },
  { begins: (magic) => magic.startsWith('ID3'), read: id3Frames },
  { begins: (magic) => magic === '\x1a\x45\xdf\xa3', read: elements },
  { begins: (magic) => magic === '\x30\x26\xb2\x75', read: objects },
  {
    begins: (_, file) => /^(ftyp|moov|mdat|free|skip|wide)$/.test(file.toString('latin1', 4, 8)),
    read: (file) => boxes(file),
  },
];
