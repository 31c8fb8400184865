/** Reading a few bytes of a file, wherever they are. */
import type { FileHandle } from 'node:fs/promises';

/**
 * The bytes that are there; fewer than asked for at the end of the file, and none behind it: headers with sizes of 64 bits
 * point to where no file can reach, and Node does not look there.
 */
export async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  if (position > Number.MAX_SAFE_INTEGER) return Buffer.alloc(0);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
