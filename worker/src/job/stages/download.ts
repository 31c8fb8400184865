/** The download stage: the source and its cover onto this disk. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { folderFiles } from '@wavefleet/audio/folder-files.ts';
import { WHOLE } from '@wavefleet/audio/holes.ts';
import { MAX_COVER_BYTES } from '@wavefleet/contracts/uploads.ts';
import type { WorkContext } from '../context.ts';
import { ArrivingSource } from '../source/arriving-source.ts';
import { finalFailureOf, withRetries } from '../transfer-retries.ts';
import { openFor, writeBody } from '../write-body.ts';

/**
 * The source lies in the folder as `in` afterwards, and the cover beside it.
 * @throws Failure EMPTY_FILE, UPLOAD_TOO_LARGE, and as `ArrivingSource.fill` does.
 */
export async function downloadInput(context: WorkContext): Promise<void> {
  const source = await ArrivingSource.open(context);
  await source.fill(WHOLE).finally(() => source.close());
  await downloadCover(context);
}

/**
 * The picture that becomes the cover. One that is gone or has changed is left out, and the result then warns of it.
 * @throws Failure STORAGE_UNAVAILABLE.
 */
export async function downloadCover(context: WorkContext): Promise<void> {
  const { job, folder, platform, signal } = context;
  const { location } = job.cover ?? {};
  if (location === undefined || location.sizeBytes > MAX_COVER_BYTES) return;
  const path = join(folder, folderFiles.cover);
  await withRetries(context, 'download', async () => {
    const { bucket, key, etag: ifMatch } = location;
    try {
      const { body } = await platform.objects.open(key, { bucket, ifMatch, signal });
      // Nothing is written through a link that a child of an earlier look at the source has left in its place.
      await rm(path, { force: true });
      const file = await openFor(body, path, 'wx');
      await writeBody(body, { file, sizeBytes: location.sizeBytes, signal }).finally(() => file.close());
    } catch (error) {
      if (finalFailureOf(error) === undefined) throw error;
    }
  });
}
