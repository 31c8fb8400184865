/**
 * Jobs that are over and not yet done with: news that nobody lived to send, results to be deleted after their download.
 * They have shards of their own, since EventBridge may be away for hours and no orphan must wait behind them.
 */
import type { Job } from '@wavefleet/contracts/job.ts';
import { announce } from '../jobs/announce.ts';
import { deleteDelivered, isToBeDeleted } from '../jobs/deliveries.ts';
import { shuffledShards } from '../jobs/store.ts';
import type { Platform } from '../platform.ts';
import { forEachDue, type Look } from './due.ts';

/** A reminder belongs to the sweeper that took it for this long; then it is due again. */
const TAKEN_FOR_MS = 10_000;

/**
 * One pass over all jobs that are over, and over `more` before them.
 * @param more jobs with news that were come across elsewhere; those that cannot be told now are dropped, their
 *   reminders bring them back.
 * @returns how many were seen to.
 * @throws SDK errors of the queries.
 */
export async function tellUntold(platform: Platform, more: readonly Job[], look: Look): Promise<number> {
  const { jobs, reminders, log } = platform;
  const failed = ({ jobId }: { readonly jobId: string }, error: unknown) =>
    log.say('orphan.waits', { jobId, err: error });
  for (const job of more) {
    if (look.stopped?.()) break;
    try {
      await seeTo(platform, job);
    } catch (error) {
      failed(job, error);
      break;
    }
  }
  return await forEachDue(
    jobs,
    shuffledShards('endings'),
    look,
    async ({ jobId, dueAt }) => {
      const job = await reminders.take(jobId, dueAt, Date.now() + TAKEN_FOR_MS);
      if (job === undefined) return 'lost';
      await seeTo(platform, job);
      return 'acted';
    },
    failed,
  );
}

async function seeTo(platform: Platform, job: Job): Promise<void> {
  const isDelivered = isToBeDeleted(job, Date.now());
  // Side by side: an EventBridge that does not answer must not keep the bytes.
  await Promise.all([announce(platform, job), isDelivered ? deleteDelivered(platform, job) : undefined]);
  if (!isDelivered) platform.log.say('orphan.told', { jobId: job.jobId, status: job.status });
}
