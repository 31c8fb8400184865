/** Removing a job that has ended, with all that is stored of it. */
import type { Job } from '@wavefleet/contracts/job.ts';
import { type AnnounceDeps, announce } from '@wavefleet/platform/jobs/announce.ts';
import { freeStorage } from '@wavefleet/platform/jobs/free-storage.ts';
import type { JobDeps } from './deps.ts';

type RemoveDeps = Pick<JobDeps, 'objects' | 'uploads' | 'progress' | 'jobs' | 'log' | 'config'> &
  AnnounceDeps & { readonly records: Pick<JobDeps['records'], 'forget'> };

/**
 * The record goes last, so that a broken-off removal can be repeated; and not before its event is out.
 * @throws Failure STORAGE_UNAVAILABLE when S3 keeps something, SDK errors.
 */
export async function removeJob(deps: RemoveDeps, job: Job): Promise<void> {
  if (job.pendingEvents.length > 0) await announce(deps, job);
  await freeStorage(deps, job);
  await deps.jobs.remove(job.jobId);
  deps.records.forget(job.jobId);
  deps.log.say('job.deleted', { jobId: job.jobId, table: deps.config.JOBS_TABLE });
}
