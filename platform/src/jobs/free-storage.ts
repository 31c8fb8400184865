/**
 * Giving back what a finished job occupies, for whoever deletes it: its owner, or the worker that finds it expired.
 * Every step may be repeated, and each record goes only after what it points at.
 */
import type { Job } from '@wavefleet/contracts/job.ts';
import { outputPrefix, progressKey, segmentsPrefix } from '@wavefleet/contracts/keys.ts';
import type { Upload } from '@wavefleet/contracts/uploads.ts';
import type { Log } from '../log/log.ts';
import type { ProgressStore } from '../progress/store.ts';
import type { ObjectStore } from '../storage/objects.ts';
import type { UploadStore } from '../uploads/uploads.ts';

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
 * @throws Failure STORAGE_UNAVAILABLE when S3 keeps something, SDK errors.
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

/**
 * Deletes the segments that attempts of a job have kept which is over, for whoever ended it: nobody else may be at it. Never
 * throws: what S3 keeps goes with the job.
 */
export async function removeSegments(
  { objects, log }: Pick<StorageDeps, 'objects' | 'log'>,
  { jobId, attempt }: Pick<Job, 'jobId' | 'attempt'>,
): Promise<void> {
  // Nobody has begun it.
  if (attempt === 0) return;
  try {
    await objects.remove(await objects.list(segmentsPrefix(jobId)));
  } catch (error) {
    log.say('segment.not-removed', { jobId, err: error });
  }
}

/**
 * Lets go of the job's upload; the last job to let go takes the bytes along. Answers how many objects went.
 * @throws Failure STORAGE_UNAVAILABLE, SDK errors.
 */
export async function releaseUpload(deps: StorageDeps, job: Job): Promise<number> {
  // A cover is for many jobs, also such as are not there yet: it stays until it expires or its owner deletes it.
  if (job.cover !== undefined) await deps.uploads.ties.unlink(job.cover.fileId, job.jobId);
  if (job.source.kind !== 'upload') return 0;
  const unused = await deps.uploads.ties.unlink(job.source.fileId, job.jobId);
  return unused === undefined ? 0 : await removeUnusedUpload(deps, unused);
}

/**
 * Removes a finished upload unless a job reads it. Its record says first that it goes, so that no job can be tied to it
 * any more, and itself goes last: a removal that breaks off can be repeated. Answers how many objects went.
 * @throws Failure STORAGE_UNAVAILABLE, SDK errors.
 */
export async function removeUnusedUpload(deps: StorageDeps, { fileId }: Upload): Promise<number> {
  const { uploads, objects, log, config } = deps;
  const buried = await uploads.removals.buryUnused(fileId);
  if (buried === undefined) return 0;
  const { bucket, key } = buried.location;
  await objects.remove([key]);
  await uploads.removals.forget(fileId);
  log.say('upload.removed', { fileId, bucket, key, state: buried.state, table: config.UPLOADS_TABLE });
  return 1;
}
