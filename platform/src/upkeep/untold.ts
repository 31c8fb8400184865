/**
 * Jobs that are over and not yet done with: news that nobody lived to send, results to be deleted after their download.
 * They have shards of their own, since EventBridge may be away for hours and no orphan must wait behind them.
 */
import type { Job } from '@wavefleet/contracts/job.ts';
import { announce } from '../jobs/announce.ts';
import { deleteDelivered, isToBeDeleted } from '../jobs/deliveries.ts';
import { PUT_TIMEOUT_MS } from '../jobs/events.ts';
import { shuffledShards } from '../jobs/store.ts';
import type { Platform } from '../platform.ts';
import { forEachDue, type Look } from './due.ts';
import { isTrouble } from './trouble.ts';

/**
 * A reminder belongs to the sweeper that took it for this long: more than it takes to tell EventBridge, and what comes
 * before. Then it is due again.
 */
export const UNTOLD_TAKEN_FOR_MS = PUT_TIMEOUT_MS + 3_000;

/** What a pass over what is to be told came to. */
export interface Told {
  /** How many were seen to. */
  readonly told: number;
  /** How many are still to be seen to, of those that were tried: EventBridge, S3 or the table did not answer. */
  readonly waiting: number;
}

/**
 * One pass over all jobs that are over, and over `more` before them.
 * @param more jobs with news that were come across elsewhere; those that cannot be told now are dropped, their
 *   reminders bring them back.
 * @throws SDK errors of the queries.
 */
export async function tellUntold(platform: Platform, more: readonly Job[], look: Look): Promise<Told> {
  const { jobs, reminders, log } = platform;
  let waiting = 0;
  const failed = ({ jobId }: { readonly jobId: string }, error: unknown) => {
    if (isTrouble(error)) waiting += 1;
    log.say('orphan.waits', { jobId, err: error });
  };
  for (const job of more) {
    if (look.stopped?.()) break;
    try {
      await seeTo(platform, job);
    } catch (error) {
      failed(job, error);
      break;
    }
  }
  const told = await forEachDue(jobs, shuffledShards('endings'), look, {
    async act({ jobId, dueAt }) {
      const job = await reminders.take(jobId, dueAt, Date.now() + UNTOLD_TAKEN_FOR_MS);
      if (job === undefined) return 'lost';
      await seeTo(platform, job);
      return 'acted';
    },
    failed,
  });
  return { told, waiting };
}

async function seeTo(platform: Platform, job: Job): Promise<void> {
  const isDelivered = isToBeDeleted(job, Date.now());
  // Side by side: an EventBridge that does not answer must not keep the bytes.
  await Promise.all([announce(platform, job), isDelivered ? deleteDelivered(platform, job) : undefined]);
  if (!isDelivered) platform.log.say('orphan.told', { jobId: job.jobId, status: job.status });
}
