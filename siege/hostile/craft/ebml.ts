/** Elements of Matroska files (RFC 8794, RFC 9559). */
import { join, u32be } from './bytes.ts';

/** An element with a size of four bytes. @param id as it stands in the file, such as `1043A770`. */
export function element(id: string, ...parts: readonly (Buffer | string)[]): Buffer {
  const body = join(...parts);
  const size = u32be(body.length);
  size.writeUInt8(0x10 | (size[0] ?? 0), 0);
  return join(Buffer.from(id, 'hex'), size, body);
}

/** Elements put in front of all others of a file's segment: FFmpeg takes the first of a kind, and reads none behind the sound. */
export function withElements(file: Buffer, ...elements: readonly Buffer[]): Buffer {
  const segment = file.indexOf(Buffer.from('18538067', 'hex'));
  if (segment < 0) throw new Error('no segment in the file');
  const length = Math.clz32(file.readUInt8(segment + 4)) - 23; // leading zeros of a byte, plus one
  const begin = segment + 4 + length;
  const copy = Buffer.concat([file.subarray(0, begin), ...elements, file.subarray(begin)]);
  const size = copy.length - begin;
  // The same width, another number.
  for (let at = length - 1, rest = size; at >= 0; at -= 1) {
    copy[segment + 4 + at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  copy[segment + 4] = (copy[segment + 4] ?? 0) | (1 << (8 - length));
  return copy;
}
