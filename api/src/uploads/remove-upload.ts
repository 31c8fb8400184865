/** Removing what a job or an upload left behind. Every step may be repeated; a crash in between leaves only bytes that expire. */
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { Job } from '@wavefleet/contracts/job.ts';
import { outputPrefix } from '@wavefleet/contracts/keys.ts';
import { isTerminal } from '@wavefleet/contracts/states.ts';
import type { Upload } from '@wavefleet/contracts/uploads.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import { discardOpen } from './chunked-upload.ts';

/** Deletes every attempt's result. Answers how many objects went. */
export async function discardOutputs({ objects }: Platform, jobId: string): Promise<number> {
  const keys = await objects.list(outputPrefix(jobId));
  await objects.remove(keys);
  return keys.length;
}

/** Lets go of the job's upload; the last job to let go takes the bytes along. Answers how many objects went. */
export async function releaseUpload(platform: Platform, job: Job): Promise<number> {
  if (job.source.kind !== 'upload') return 0;
  const unused = await platform.uploads.unlink(job.source.fileId, job.jobId);
  return unused === undefined ? 0 : await removeUnused(platform, unused);
}

/**
 * Deletes an upload of this owner, finished or not. Answers how many objects went.
 * @throws Failure UPLOAD_NOT_FOUND, JOB_ACTIVE when an active job reads it.
 */
export async function discardAnyUpload(platform: Platform, fileId: string, ownerId: string): Promise<number> {
  const upload = await platform.uploads.getAnyOwned(fileId, ownerId);
  if (upload.state === 'complete') return await discardUpload(platform, upload);
  if (await discardOpen(platform, upload)) return 0;
  // Finished in this very moment, or gone.
  return await discardUpload(platform, await platform.uploads.getOwned(fileId, ownerId));
}

/**
 * Deletes an upload unless an active job reads it. Its finished jobs keep their results.
 * @throws Failure JOB_ACTIVE when one does.
 */
async function discardUpload(platform: Platform, upload: Upload): Promise<number> {
  for (const jobId of upload.jobs ?? []) {
    const job = await platform.jobs.get(jobId);
    if (job !== undefined && !isTerminal(job.status)) throw new Failure('JOB_ACTIVE', { detail: { jobId } });
    await platform.uploads.unlink(upload.fileId, jobId);
  }
  const removed = await removeUnused(platform, upload);
  if (removed === 0) throw new Failure('JOB_ACTIVE');
  return removed;
}

/** The record first, on condition that no job has linked it meanwhile: then nobody can reach the bytes. */
async function removeUnused({ uploads, objects }: Platform, upload: Upload): Promise<number> {
  if (!(await uploads.removeUnused(upload.fileId))) return 0;
  await objects.remove([upload.location.key]);
  return 1;
}
