/** ID3v2 tags (id3.org), to stand in front of an MP3. */
import { join, latin1, u8, u16be, u32be } from './bytes.ts';

/** Seven bits in a byte. */
const synchsafe = (size: number): Buffer =>
  Buffer.of((size >> 21) & 0x7f, (size >> 14) & 0x7f, (size >> 7) & 0x7f, size & 0x7f);

/** A tag of version 2.3 with these frames. */
export function id3(...frames: readonly Buffer[]): Buffer {
  const body = Buffer.concat(frames);
  return join('ID3', u8(3), u8(0), u8(0), synchsafe(body.length), body);
}

function frame(id: string, body: Buffer): Buffer {
  return join(id, u32be(body.length), u16be(0), body);
}

/** A text of Latin-1. */
export const text = (id: string, value: string): Buffer => frame(id, join(u8(0), latin1(value)));

/** A text with a name of its own. */
export const namedText = (name: string, value: string): Buffer =>
  frame('TXXX', join(u8(0), latin1(`${name}\0${value}`)));

/** A front cover. @param mime `-->` means that the picture is an address. */
export const picture = (mime: string, bytes: Buffer): Buffer =>
  frame('APIC', join(u8(0), latin1(`${mime}\0`), u8(3), u8(0), bytes));
