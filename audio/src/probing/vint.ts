/** Numbers of EBML, of which Matroska is made. */

/** A number of variable width (RFC 8794 §4). @param masked without the mark of its width. */
export function vint(bytes: Buffer, at: number, masked: boolean) {
  const first = bytes[at] ?? 0;
  const width = Math.clz32(first) - 23;
  if (first === 0 || at + width > bytes.length) return undefined;
  let value = masked ? first & ((1 << (8 - width)) - 1) : first;
  let isUnknown = value === (1 << (8 - width)) - 1;
  for (let next = 1; next < width; next += 1) {
    const byte = bytes[at + next] ?? 0;
    isUnknown &&= byte === 0xff;
    value = value * 256 + byte;
  }
  return { value, bytes: width, isUnknown };
}
