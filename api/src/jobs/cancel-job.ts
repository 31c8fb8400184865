/** Cancelling a job, whoever wants that. */
import type { Job } from '@wavefleet/contracts/job.ts';
import type { JobDeps } from './deps.ts';

type CancelDeps = Pick<JobDeps, 'transitions' | 'jobs' | 'progress'> & {
  readonly records: Pick<JobDeps['records'], 'forget'>;
};

/**
 * Cancels it unless it is over, and tells its readers. Answers the record as it is then, undefined when it is gone. One that
 * was found cancelled may have been so by this very call, whose first answer was lost: whatever follows from it is for the
 * caller to do then too, and may be done twice.
 * @throws SDK errors.
 */
export async function cancelJob(
  { transitions, jobs, progress, records }: CancelDeps,
  jobId: string,
): Promise<Job | undefined> {
  const cancelled = await transitions.cancel(jobId);
  records.forget(jobId);
  const job = cancelled ?? (await jobs.get(jobId));
  // Whoever asks next must hear of it; the record is final already, so nobody need wait for EventBridge.
  if (job?.status === 'cancelled') await progress.ended(job);
  return job;
}
