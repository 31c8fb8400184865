/** Taking a job in: the upload is tied to it first, so that no clean-up can take the bytes away in between. */
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { Job } from '@wavefleet/contracts/job.ts';
import { type SubmitRequest, submitJob } from '@wavefleet/platform/jobs/submit.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';

/**
 * Links the upload and stores the job.
 * @throws Failure UPLOAD_NOT_FOUND when the upload was removed meanwhile, IDEMPOTENCY_KEY_REUSED as `submitJob`.
 */
export async function acceptJob(platform: Platform, request: SubmitRequest): Promise<Job> {
  const { source, jobId } = request;
  if (source.kind === 'upload') await platform.uploads.link(source.fileId, jobId);
  try {
    return await storeJob(platform, request);
  } catch (error) {
    // Any other error leaves open whether the record was written: then the link stays, which only keeps bytes longer.
    if (error instanceof Failure && error.code === 'IDEMPOTENCY_KEY_REUSED' && source.kind === 'upload') {
      await unlinkForeign(platform, jobId, source.fileId);
    }
    throw error;
  }
}

/** Stores the job, or answers the one that this very request made before. */
export async function storeJob(platform: Platform, request: SubmitRequest): Promise<Job> {
  const { jobs, transitions, queue, log, config: settings } = platform;
  const { job } = await submitJob({ jobs, transitions, queue, log, settings }, request);
  return job;
}

/** The job of that id reads another upload than the one that was just linked to it. */
async function unlinkForeign({ jobs, uploads }: Platform, jobId: string, fileId: string): Promise<void> {
  const owner = await jobs.get(jobId);
  if (owner?.source.kind === 'upload' && owner.source.fileId === fileId) return;
  await uploads.unlink(fileId, jobId);
}
