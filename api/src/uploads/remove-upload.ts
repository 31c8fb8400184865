/**
 * Removing an upload when its owner says so. (It also goes with the last job that needs it: `free-storage.ts`.) Every
 * step may be repeated.
 */
import { Failure } from '@wavefleet/contracts/failure.ts';
import { isTerminal } from '@wavefleet/contracts/states.ts';
import type { StoredUpload, Upload } from '@wavefleet/contracts/uploads.ts';
import { removeUnusedUpload } from '@wavefleet/platform/jobs/free-storage.ts';
import { removeUnfinished } from './chunked-upload.ts';
import type { UploadDeps } from './deps.ts';

/** A job is tied to its upload before its own record is written: for so long it is on its way, and not gone. */
const COMING_MS = 300_000;

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

async function removeFinished(deps: UploadDeps, upload: Upload): Promise<number> {
  const { jobs, uploads } = deps;
  const isComing = (upload.linkedAt ?? 0) > Date.now() - COMING_MS;
  for (const jobId of upload.jobs ?? []) {
    const job = await jobs.get(jobId);
    const isActive = job === undefined ? isComing : !isTerminal(job.status);
    if (isActive) throw new Failure('JOB_ACTIVE', { detail: { jobId } });
    await uploads.ties.unlink(upload.fileId, jobId);
  }
  const removed = await removeUnusedUpload(deps, upload);
  if (removed === 0) throw new Failure('JOB_ACTIVE');
  await deps.quotas.forgetUpload(upload.ownerId, upload.fileId);
  return removed;
}
