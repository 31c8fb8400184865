/**
 * Giving back what a finished job occupies, for whoever deletes it: its owner, or the worker that finds it expired.
 * Every step may be repeated; a crash in between leaves only bytes that expire.
 */
import type { Job } from '@wavefleet/contracts/job.ts';
import { outputPrefix, progressKey } from '@wavefleet/contracts/keys.ts';
import type { Upload } from '@wavefleet/contracts/uploads.ts';
import type { Log } from '../log/log.ts';
import type { ProgressStore } from '../progress/store.ts';
import type { ObjectStore } from '../storage/objects.ts';
import type { UploadStore } from '../storage/uploads.ts';

/** Where the bytes of jobs and uploads lie. */
export interface StorageDeps {
  readonly objects: ObjectStore;
  readonly uploads: UploadStore;
  readonly log: Log;
  readonly config: { readonly UPLOADS_TABLE: string; readonly PROGRESS_TABLE: string };
}

/**
 * Deletes every attempt's result, the progress, and the upload when no other job needs it. The record stays. Answers
 * how many stored objects went.
 * @throws SDK errors.
 */
export async function freeStorage(
  deps: StorageDeps & { readonly progress: ProgressStore },
  job: Job,
): Promise<number> {
  const { jobId } = job;
  const results = await deps.objects.list(outputPrefix(jobId));
  await deps.objects.remove(results);
  const uploads = await releaseUpload(deps, job);
  await deps.progress.remove(job);
  deps.log.say('job.freed', {
    jobId,
    bucket: deps.objects.bucket,
    keys: results,
    redisKey: progressKey(jobId),
    table: deps.config.PROGRESS_TABLE,
  });
  return results.length + uploads;
}

/** Lets go of the job's upload; the last job to let go takes the bytes along. Answers how many objects went. */
async function releaseUpload(deps: StorageDeps, job: Job): Promise<number> {
  // A cover is for many jobs, also such as are not there yet: it stays until it expires or its owner deletes it.
  if (job.cover !== undefined) await deps.uploads.unlink(job.cover.fileId, job.jobId);
  if (job.source.kind !== 'upload') return 0;
  const unused = await deps.uploads.unlink(job.source.fileId, job.jobId);
  return unused === undefined ? 0 : await removeUnusedUpload(deps, unused);
}

/**
 * The record first, on condition that no job has linked it meanwhile: then nobody can reach the bytes. Answers how
 * many objects went. @throws SDK errors.
 */
export async function removeUnusedUpload(deps: StorageDeps, upload: Upload): Promise<number> {
  const { uploads, objects, log, config } = deps;
  const { fileId, state, location } = upload;
  if (!(await uploads.removeUnused(fileId))) return 0;
  const { bucket, key } = location;
  await objects.remove([key]);
  log.say('upload.removed', { fileId, bucket, key, state, table: config.UPLOADS_TABLE });
  return 1;
}
