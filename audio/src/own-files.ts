/**
 * Reading and writing in an attempt's folder. It belongs to the uid of the children, so a subverted decoder
 * could have put a link or a pipe in a file's place: links are not followed, pipes are not waited for.
 */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Failure } from '@wavefleet/contracts/failure.ts';

const SAFELY = constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Opens what a child wrote, for reading or to change it in place.
 * @returns undefined when there is nothing.
 * @throws Failure CONVERSION_FAILED when it is not a plain file.
 */
export async function openOwnFile(
  path: string,
  to: 'read' | 'change' = 'read',
): Promise<FileHandle | undefined> {
  try {
    return await open(path, (to === 'read' ? constants.O_RDONLY : constants.O_RDWR) | SAFELY);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw new Failure('CONVERSION_FAILED', { cause: error });
  }
}

/** Writes a file for a child, in place of what was there. @throws Failure DISK_FULL or CONVERSION_FAILED. */
export async function writeOwnFile(path: string, content: string | Buffer): Promise<void> {
  try {
    const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | SAFELY);
    try {
      await file.writeFile(content);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new Failure(hasCode(error, 'ENOSPC') ? 'DISK_FULL' : 'CONVERSION_FAILED', { cause: error });
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
