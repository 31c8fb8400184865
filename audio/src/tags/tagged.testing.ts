/** Files with tags that FFmpeg cannot write, made of files that it did. */

/** A FLAC file with these comments in place of its own. */
export function withComments(flac: Buffer, comments: readonly string[]): Buffer {
  const texts = comments.map((comment) => sized('LE', Buffer.from(comment)));
  const body = Buffer.concat([sized('LE', Buffer.from('test')), uint32('LE', texts.length), ...texts]);
  const streamInfo = flac.subarray(4, 4 + 4 + 34);
  return Buffer.concat([
    ...[flac.subarray(0, 4), Buffer.of(0), streamInfo.subarray(1)],
    ...[uint32('BE', 0x84 * 2 ** 24 + body.length), body, flac.subarray(endOfBlocks(flac))],
  ]);
}

function endOfBlocks(flac: Buffer): number {
  let at = 4;
  for (let isLast = false; !isLast; ) {
    isLast = (flac[at] ?? 0x80) >= 0x80;
    at += 4 + flac.readUIntBE(at + 1, 3);
  }
  return at;
}

/** An ID3v2 tag of these frames: in 2.2 the id has three letters. @param flags of the tag. */
export function id3Tag(
  version: 2 | 3 | 4,
  frames: readonly (readonly [string, Buffer])[],
  flags = 0,
): Buffer {
  const parts = frames.map(([id, body]) => {
    const size = version === 2 ? uint32('BE', body.length).subarray(1) : sizeOf(version, body.length);
    return Buffer.concat([Buffer.from(id), size, Buffer.alloc(version === 2 ? 0 : 2), body]);
  });
  const plain = Buffer.concat(parts);
  const isUnsynchronised = (flags & 0x80) !== 0 && version < 4;
  const all = isUnsynchronised
    ? Buffer.from(plain.toString('latin1').replaceAll('\xff', '\xff\0'), 'latin1')
    : plain;
  return Buffer.concat([Buffer.from('ID3'), Buffer.of(version, 0, flags), synchsafe(all.length), all]);
}

const sizeOf = (version: 3 | 4, length: number) => (version === 4 ? synchsafe(length) : uint32('BE', length));

/** An MP3 without its ID3v2 tag. */
export function withoutId3(mp3: Buffer): Buffer {
  const size = [6, 7, 8, 9].reduce((sum, at) => sum * 128 + (mp3[at] ?? 0), 0);
  return mp3.toString('latin1', 0, 3) === 'ID3' ? mp3.subarray(10 + size) : mp3;
}

/** An APEv2 tag with a footer alone. */
export function apeTag(items: readonly (readonly [string, string])[]): Buffer {
  const parts = items.map(([key, value]) => {
    const text = Buffer.from(value);
    return Buffer.concat([uint32('LE', text.length), uint32('LE', 0), Buffer.from(`${key}\0`), text]);
  });
  const length = Buffer.concat(parts).length + 32;
  const figures = [2_000, length, items.length, 0, 0, 0].map((figure) => uint32('LE', figure));
  return Buffer.concat([...parts, Buffer.from('APETAGEX'), ...figures]);
}

/** ASF's Metadata Library Object with text attributes, or the Extended Content Description Object. */
export function asfObject(
  form: 'short' | 'long',
  attributes: readonly (readonly [string, string])[],
): Buffer {
  const guid = form === 'long' ? '941c23449894d149a1411d134e457054' : '40a4d0d207e3d21197f000a0c95ea850';
  const parts = attributes.map(([name, value]) => {
    const [key, text] = [name, value].map((part) => Buffer.from(`${part}\0`, 'utf16le'));
    if (key === undefined || text === undefined) return Buffer.alloc(0);
    return form === 'long'
      ? Buffer.concat([Buffer.alloc(4), uint16(key.length), uint16(0), uint32('LE', text.length), key, text])
      : Buffer.concat([uint16(key.length), key, uint16(0), uint16(text.length), text]);
  });
  return Buffer.concat([Buffer.from(guid, 'hex'), Buffer.alloc(8), uint16(attributes.length), ...parts]);
}

function sized(order: 'LE' | 'BE', body: Buffer): Buffer {
  return Buffer.concat([uint32(order, body.length), body]);
}

function uint32(order: 'LE' | 'BE', value: number): Buffer {
  const bytes = Buffer.alloc(4);
  if (order === 'LE') bytes.writeUInt32LE(value);
  else bytes.writeUInt32BE(value);
  return bytes;
}

function uint16(value: number): Buffer {
  return Buffer.of(value & 0xff, value >> 8);
}

function synchsafe(value: number): Buffer {
  return Buffer.of(...[21, 14, 7, 0].map((bits) => (value >> bits) & 0x7f));
}
