/**
 * Removing an upload: when its owner says so, or with the last job that needs it. Every step may be repeated; a crash
 * in between leaves only bytes that expire.
 */
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { Job } from '@wavefleet/contracts/job.ts';
import { isTerminal } from '@wavefleet/contracts/states.ts';
import type { StoredUpload, Upload } from '@wavefleet/contracts/uploads.ts';
import { removeUnfinished } from './chunked-upload.ts';
import type { UploadDeps } from './deps.ts';

/**
 * Deletes an upload, finished or not. Its finished jobs keep their results. Answers how many objects went.
 * @throws Failure JOB_ACTIVE when an active job reads it, UPLOAD_NOT_FOUND when somebody else was faster.
 */
export async function removeUpload(deps: UploadDeps, upload: StoredUpload): Promise<number> {
  if (upload.state === 'complete') return await removeFinished(deps, upload);
  if (await removeUnfinished(deps, upload)) return 0;
  // Finished in this very moment, or gone.
  return await removeFinished(deps, await deps.uploads.getOwned(upload.fileId, upload.ownerId));
}

/** Lets go of the job's upload; the last job to let go takes the bytes along. Answers how many objects went. */
export async function releaseUpload(deps: UploadDeps, job: Job): Promise<number> {
  if (job.source.kind !== 'upload') return 0;
  const unused = await deps.uploads.unlink(job.source.fileId, job.jobId);
  return unused === undefined ? 0 : await removeUnused(deps, unused);
}

async function removeFinished(deps: UploadDeps, upload: Upload): Promise<number> {
  const { jobs, uploads } = deps;
  for (const jobId of upload.jobs ?? []) {
    const job = await jobs.get(jobId);
    if (job !== undefined && !isTerminal(job.status)) throw new Failure('JOB_ACTIVE', { detail: { jobId } });
    await uploads.unlink(upload.fileId, jobId);
  }
  const removed = await removeUnused(deps, upload);
  if (removed === 0) throw new Failure('JOB_ACTIVE');
  return removed;
}

/** The record first, on condition that no job has linked it meanwhile: then nobody can reach the bytes. */
async function removeUnused(deps: UploadDeps, upload: Upload): Promise<number> {
  const { uploads, objects, log, config } = deps;
  const { fileId, state, location } = upload;
  if (!(await uploads.removeUnused(fileId))) return 0;
  const { bucket, key } = location;
  await objects.remove([key]);
  log.say('upload.removed', { fileId, bucket, key, state, table: config.UPLOADS_TABLE });
  return 1;
}
