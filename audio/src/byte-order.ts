/** Numbers as bytes. */

/** Four bytes, the greatest first. */
export function uint32BE(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
