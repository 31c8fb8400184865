/** Reading a few bytes of a file, wherever they are. */
import type { FileHandle } from 'node:fs/promises';

/** The bytes that are there; fewer than asked for at the end of the file. */
export async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
