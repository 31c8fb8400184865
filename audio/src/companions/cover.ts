/** The cover of a source, taken out without a decoder ever seeing it. */
import { join } from 'node:path';
import { coverArgs } from '../args/cover-args.ts';
import { openOwnFile } from '../own-files.ts';
import { runChild } from '../process/child.ts';
import { endedWell } from '../process/failure-of-exit.ts';
import type { FolderTools } from '../tools.ts';
import { pictureBlock } from './flac-picture.ts';
import { readPictureHeader } from './picture-header.ts';

/** A FLAC block's length has 24 bits, and the picture shares it with some 40 bytes of fields. */
const MAX_COVER_BYTES = 16 * 1024 * 1024 - 1_024;
/** Wall and CPU seconds for a copy of at most that. */
const COVER_SECONDS = 30;

/**
 * The picture block (see `flac-picture.ts`) of the source's cover; undefined when the picture is too large,
 * broken or of another kind.
 * @param file where to put the picture, within the folder.
 */
export async function extractCover(
  tools: FolderTools,
  pictureStream: number,
  file: string,
): Promise<Buffer | undefined> {
  await tools.sandbox.prepareFolder(tools.cwd);
  const end = await runChild(tools, {
    binary: tools.ffmpeg,
    args: coverArgs(tools.lists, pictureStream, file),
    limits: { memoryBytes: 2e9, fileBytes: MAX_COVER_BYTES, cpuSeconds: COVER_SECONDS },
    totalSeconds: COVER_SECONDS,
  });
  return endedWell(end) ? await coverBlock(join(tools.cwd, file)) : undefined;
}

/** The picture block of a file; undefined when it is not there, too large, broken or of another kind. */
export async function coverBlock(path: string): Promise<Buffer | undefined> {
  const picture = await readPicture(path);
  const header = picture && readPictureHeader(picture);
  return picture && header ? pictureBlock(header, picture) : undefined;
}

async function readPicture(path: string): Promise<Buffer | undefined> {
  const file = await openOwnFile(path);
  try {
    if (file === undefined || (await file.stat()).size > MAX_COVER_BYTES) return undefined;
    return await file.readFile();
  } finally {
    await file?.close();
  }
}
