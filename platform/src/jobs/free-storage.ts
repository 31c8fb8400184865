/** Giving back what a finished job occupies. Every step may be repeated; a crash in between leaves only bytes that expire. */
import type { Job } from '@wavefleet/contracts/job.ts';
import { outputPrefix } from '@wavefleet/contracts/keys.ts';
import type { ProgressStore } from '../progress/store.ts';
import type { ObjectStore } from '../storage/objects.ts';
import { releaseUpload } from '../storage/release-upload.ts';
import type { UploadStore } from '../storage/uploads.ts';

/** What storage a job touches. */
export interface StorageDeps {
  readonly objects: ObjectStore;
  readonly uploads: UploadStore;
  readonly progress: ProgressStore;
}

/**
 * Deletes every attempt's result, the progress, and the upload when no other job needs it. The record stays. Answers
 * how many stored objects went.
 */
export async function freeStorage(deps: StorageDeps, job: Job): Promise<number> {
  const results = await deps.objects.list(outputPrefix(job.jobId));
  await deps.objects.remove(results);
  const uploads = await releaseUpload(deps, job);
  await deps.progress.remove(job.jobId);
  return results.length + uploads;
}
