/** FLAC files by their blocks (RFC 9639). */
import { join, latin1, many, u8, u16be, u24be, u32be, u32le, u64be, utf8 } from './bytes.ts';

/** A metadata block. */
function block(type: number, body: Buffer, isLast = false): Buffer {
  return join(u8(type | (isLast ? 0x80 : 0)), u24be(body.length), body);
}

/** STREAMINFO. @param samples of one channel; 0 when it does not say. */
export function streamInfo({ sampleRate = 44_100, channels = 2, samples = 0 }): Buffer {
  const bits = (BigInt(sampleRate) << 44n) | (BigInt(channels - 1) << 41n) | (15n << 36n) | BigInt(samples);
  return join(u16be(4096), u16be(4096), u24be(0), u24be(0), u64be(bits), Buffer.alloc(16));
}

/** A block of Vorbis comments. @param count as it says; default as many as there are. */
export function comments(texts: readonly string[], count = texts.length): Buffer {
  const vendor = latin1('hostile');
  const entries = texts.map((entry) => join(u32le(utf8(entry).length), utf8(entry)));
  return join(u32le(vendor.length), vendor, u32le(count), ...entries);
}

/** A block of so many comments of a name each. */
export function manyComments(count: number): Buffer {
  const vendor = latin1('hostile');
  const entry = (index: number): Buffer => {
    const comment = latin1(`K${index}=v`);
    return join(u32le(comment.length), comment);
  };
  return join(u32le(vendor.length), vendor, u32le(count), many(count, entry));
}

/** A PICTURE block's body. */
export function pictureBlock(mime: string, picture: Buffer): Buffer {
  return join(
    ...[u32be(3), u32be(mime.length), mime, u32be(0), u32be(600), u32be(600)],
    ...[u32be(24), u32be(0), u32be(picture.length), picture],
  );
}

/** The frames of a FLAC file, without its blocks. */
export function framesOf(file: Buffer): Buffer {
  let at = 4;
  for (;;) {
    const type = file.readUInt8(at);
    at += 4 + file.readUIntBE(at + 1, 3);
    if (type >= 0x80) return file.subarray(at);
  }
}

/** The STREAMINFO of a FLAC file. */
export const infoOf = (file: Buffer): Buffer => Buffer.from(file.subarray(8, 42));

/** The same STREAMINFO with another number of samples. */
export function withSamples(info: Buffer, samples: number): Buffer {
  const copy = Buffer.from(info);
  const rest = (copy.readBigUInt64BE(10) >> 36n) << 36n;
  copy.writeBigUInt64BE(rest | BigInt(samples), 10);
  return copy;
}

/** A FLAC with these blocks behind its STREAMINFO. */
export function flac(
  info: Buffer,
  blocks: readonly (readonly [type: number, body: Buffer])[],
  frames: Buffer,
): Buffer {
  const last = blocks.length - 1;
  return join(
    'fLaC',
    block(0, info, blocks.length === 0),
    ...blocks.map(([type, body], index) => block(type, body, index === last)),
    frames,
  );
}
