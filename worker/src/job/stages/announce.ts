/** The announce stage: tell the world. The record has the last word already; what fails here is done again by a sweeper. */
import type { Job } from '@wavefleet/contracts/job.ts';
import type { ClaimedJob } from '../context.ts';

/** Readers of progress first, they wait; then result file and events. Never throws. */
export async function announceOutcome({ news }: ClaimedJob, job: Job): Promise<void> {
  await news.end(job);
}
