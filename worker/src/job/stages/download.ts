/** The download stage: the source onto this disk, pinned to the version that was submitted, resumed when the stream breaks. */
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { folderFiles } from '@wavefleet/audio/folder-files.ts';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { MAX_COVER_BYTES } from '@wavefleet/contracts/uploads.ts';
import { isInvalidRange, isMissing, isPreconditionFailed } from '@wavefleet/platform/aws/errors.ts';
import { msSince } from '@wavefleet/platform/log/log.ts';
import { EtagSum } from '@wavefleet/platform/storage/etag-sum.ts';
import type { WorkContext } from '../context.ts';
import { withRetries } from '../transfer-retries.ts';
import { openFor, writeBody } from '../write-body.ts';

/**
 * The source lies in the folder as `in` afterwards.
 * @throws Failure EMPTY_FILE, UPLOAD_TOO_LARGE, DISK_FULL, INPUT_MISSING, INPUT_CHANGED, STORAGE_UNAVAILABLE.
 */
export async function downloadInput(context: WorkContext): Promise<void> {
  const { sizeBytes } = context.job.inputS3Location;
  requireFitting(context);
  await context.workDir.requireRoom(context.folder, sizeBytes);

  const startedAtMs = performance.now();
  const path = join(context.folder, folderFiles.input);
  const check = sumCheck(context, path);
  await withRetries(context, 'download', async () => {
    await fetchRest(context, path).then(check, (error: unknown) => {
      throw finalFailureOf(error) ?? error;
    });
  });
  await downloadCover(context);
  const received = await sizeOf(path);
  if (received !== sizeBytes) throw new Failure('INPUT_CHANGED', { detail: { sizeBytes, received } });
  const { bucket, key } = context.job.inputS3Location;
  context.log.say('job.downloaded', { bucket, key, sizeBytes, ms: msSince(startedAtMs) });
}

/** @throws Failure EMPTY_FILE, UPLOAD_TOO_LARGE. */
export function requireFitting({ job, platform }: Pick<WorkContext, 'job' | 'platform'>): void {
  const { sizeBytes } = job.inputS3Location;
  if (sizeBytes === 0) throw new Failure('EMPTY_FILE');
  const limitBytes = platform.config.MAX_RESUMABLE_UPLOAD_BYTES;
  if (sizeBytes > limitBytes) throw new Failure('UPLOAD_TOO_LARGE', { detail: { limitBytes, sizeBytes } });
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

/**
 * Bytes that changed on the way are no source: the file is fetched anew. When the same ones come twice it is the ETag
 * that is no sum of them, as some stores have it, or as parts of another size make it.
 */
function sumCheck({ job }: WorkContext, path: string): (sum: string | undefined) => Promise<void> {
  let former: string | undefined;
  return async (sum) => {
    if (sum === undefined || sum === job.inputS3Location.etag || sum === former) return;
    former = sum;
    await rm(path);
    throw new Error('the bytes that came are not those that S3 has');
  };
}

/**
 * Appends what is missing; whatever part arrives stays on disk for the next try.
 * @returns the ETag of the bytes, undefined where the object's own is no sum of them.
 */
async function fetchRest(
  { job, platform, progress, signal }: WorkContext,
  path: string,
): Promise<string | undefined> {
  const { bucket, key, etag, sizeBytes } = job.inputS3Location;
  let received = await sizeOf(path);
  const sum = new EtagSum(job.inputS3Location);
  if (received > 0) await sum.addFile(path, signal);
  if (received === sizeBytes) return sum.etag();
  const object = await platform.objects.open(key, {
    bucket,
    ifMatch: etag,
    signal,
    ...(received === 0 ? {} : { range: `bytes=${received}-` }),
  });
  const before = received;
  const file = await openFor(object.body, path, 'a');
  try {
    await writeBody(object.body, {
      file,
      sizeBytes: sizeBytes - before,
      signal,
      onReceived(bytes) {
        received = before + bytes;
        const progressed = { fraction: received / sizeBytes, uploadedSize: received, totalSize: sizeBytes };
        progress.update('download', progressed);
      },
      onBlock: (bytes) => sum.add(bytes),
    });
  } finally {
    await file.close();
  }
  if (received < sizeBytes) throw new Error(`the stream ended after ${received} of ${sizeBytes} bytes`);
  return object.etagIsSum ? sum.etag() : undefined;
}

/** Errors that another try cannot mend. */
export function finalFailureOf(error: unknown): Failure | undefined {
  if (isMissing(error)) return new Failure('INPUT_MISSING', { cause: error });
  if (isPreconditionFailed(error) || isInvalidRange(error))
    return new Failure('INPUT_CHANGED', { cause: error });
  return error instanceof Failure && error.code === 'RANGE_INVALID'
    ? new Failure('INPUT_CHANGED')
    : undefined;
}

async function sizeOf(path: string): Promise<number> {
  return await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
