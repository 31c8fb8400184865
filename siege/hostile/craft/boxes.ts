/** Boxes of MP4 files (ISO 14496-12). */
import { join, u32be } from './bytes.ts';

export function box(type: string, ...parts: readonly (Buffer | string)[]): Buffer {
  const body = join(...parts);
  return join(u32be(body.length + 8), type, body);
}

/** Where the last box of that type has its four letters; -1 where there is none. */
export const typeAt = (file: Buffer, type: string): number => file.lastIndexOf(type, file.length, 'latin1');

/** The same file with another text in place of the first of those four letters. */
export function renamed(file: Buffer, from: string, to: string): Buffer {
  const copy = Buffer.from(file);
  const at = typeAt(copy, from);
  if (at < 0) throw new Error(`no ${from} in the file`);
  copy.write(to, at, 'latin1');
  return copy;
}
