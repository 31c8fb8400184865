/** Giving back what a finished job occupies. Every step may be repeated; a crash in between leaves only bytes that expire. */
import type { Job } from '@wavefleet/contracts/job.ts';
import { outputPrefix, progressKey } from '@wavefleet/contracts/keys.ts';
import { releaseUpload } from '../uploads/remove-upload.ts';
import type { JobDeps } from './deps.ts';

/**
 * Deletes every attempt's result, the progress, and the upload when no other job needs it. The record stays. Answers
 * how many stored objects went.
 */
export async function freeStorage(deps: JobDeps, job: Job): Promise<number> {
  const results = await deps.objects.list(outputPrefix(job.jobId));
  await deps.objects.remove(results);
  const uploads = await releaseUpload(deps, job);
  const { jobId } = job;
  await deps.progress.remove(jobId);
  deps.log.say('job.freed', {
    jobId,
    bucket: deps.objects.bucket,
    keys: results,
    redisKey: progressKey(jobId),
    table: deps.config.PROGRESS_TABLE,
  });
  return results.length + uploads;
}
