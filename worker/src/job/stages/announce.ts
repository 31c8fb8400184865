/** Stage 8: tell the world. The record has the last word already; what fails here is done again later. */
import type { Job } from '@wavefleet/contracts/job.ts';
import { announce } from '@wavefleet/platform/jobs/announce.ts';
import type { ClaimedJob } from '../context.ts';

/** Readers of progress first, they wait; then result file and events. Never throws: the sweeper repeats it. */
export async function announceJob({ platform, log }: ClaimedJob, job: Job): Promise<void> {
  await platform.progress.ended(job.jobId);
  await announce(platform, job).catch((error: unknown) => {
    log.warn({ err: error }, 'outcome not announced yet: the sweeper will');
  });
}
