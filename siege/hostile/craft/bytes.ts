/** Bytes put together by hand: the numbers and texts that headers are made of. */

/** A text of one byte a character. */
export const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
export const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8');

/** Unsigned numbers; beyond their width they wrap. */
export const u8 = (value: number): Buffer => Buffer.of(value & 0xff);
export const u16le = (value: number): Buffer => Buffer.of(value & 0xff, (value >> 8) & 0xff);
export const u16be = (value: number): Buffer => Buffer.of((value >> 8) & 0xff, value & 0xff);
export const u24be = (value: number): Buffer => u32be(value).subarray(1);

export function u32le(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

export function u32be(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

export function u64le(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, value));
  return bytes;
}

export function u64be(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt.asUintN(64, value));
  return bytes;
}

/** Parts behind each other; texts as {@link latin1}. */
export const join = (...parts: readonly (Buffer | string)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? latin1(part) : part)));

/**
 * The same `count` times, each made with its number from 0. For counts that are an attack: 100,000 arguments of one call,
 * handed on to another, are more than the stack holds.
 */
export const many = (count: number, make: (index: number) => Buffer): Buffer =>
  Buffer.concat(Array.from({ length: count }, (_, index) => make(index)));
