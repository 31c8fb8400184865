/** Bytes to be written over others. */
import type { FileHandle } from 'node:fs/promises';

/** Some bytes, and where they belong. */
export interface Patch {
  readonly at: number;
  readonly bytes: Buffer;
}

/** @param file open for writing. */
export async function writePatches(file: FileHandle, patches: readonly Patch[]): Promise<void> {
  for (const { at, bytes } of patches) await file.write(bytes, 0, bytes.length, at);
}
