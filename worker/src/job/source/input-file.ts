/** The file that a source comes into. */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { folderFiles } from '@wavefleet/audio/folder-files.ts';

/** Makes it, for its owner alone, and in the place of nothing: what runs in the folder may have put something there. */
export async function createInput(folder: string): Promise<FileHandle> {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  return await open(join(folder, folderFiles.input), flags, 0o600);
}
