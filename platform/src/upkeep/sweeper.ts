/**
 * Finds every orphan, whatever orphaned it, by one sparse index: jobs not dispatched, jobs whose lease ran out, news
 * not announced, results to be deleted after their download. It only repeats announcements and sends wake-ups; claims decide who works.
 */
import type { Job } from '@wavefleet/contracts/job.ts';
import { isTerminal } from '@wavefleet/contracts/states.ts';
import { every } from '../every.ts';
import { announce } from '../jobs/announce.ts';
import { deleteDelivered, isToBeDeleted } from '../jobs/deliveries.ts';
import { type DueJob, shuffledShards } from '../jobs/store.ts';
import type { Platform } from '../platform.ts';

const LONGEST_REDISPATCH_MS = 3_600_000;
/** A reminder belongs to the sweeper that took it for this long. */
const TAKEN_FOR_MS = 10_000;

/**
 * One pass over all shards. Two sweepers never act on the same reminder.
 * @param horizonMs epoch ms up to which reminders count as due; later than now when the queue is known to be lost.
 * @param options.limit reminders taken from each shard in this pass; default 100.
 * @param options.stopped asked before each job: true ends the pass.
 * @returns how many jobs were woken or announced.
 */
export async function sweepOnce(
  platform: Platform,
  horizonMs = Date.now(),
  options: { limit?: number; stopped?: () => boolean } = {},
): Promise<number> {
  let acted = 0;
  for (const shard of shuffledShards('acts')) {
    if (options.stopped?.()) return acted;
    for (const due of await platform.jobs.due(shard, horizonMs, options.limit)) {
      if (options.stopped?.()) return acted;
      try {
        if (await actOn(platform, due)) acted += 1;
      } catch (error) {
        platform.log.say('orphan.waits', { jobId: due.jobId, err: error });
      }
    }
  }
  return acted;
}

async function actOn(platform: Platform, { jobId, dueAt }: DueJob): Promise<boolean> {
  const takenUntil = Date.now() + TAKEN_FOR_MS;
  const job = await platform.reminders.take(jobId, dueAt, takenUntil);
  if (job === undefined) return false;
  const isDelivered = isToBeDeleted(job, Date.now());
  // Side by side: an EventBridge that does not answer must not keep an orphan waiting.
  await Promise.all([
    announce(platform, job),
    isDelivered ? deleteDelivered(platform, job) : undefined,
    isTerminal(job.status) ? undefined : wake(platform, job, takenUntil),
  ]);
  if (isDelivered) return true;
  const { status, attempt, redispatches } = job;
  platform.log.say('orphan.woken', { jobId, status, attempt, redispatches });
  return true;
}

/** Sends the job's message again, each time later than the time before. */
async function wake({ queue, reminders, config }: Platform, job: Job, takenUntil: number): Promise<void> {
  await queue.send(job);
  // Only now: while the queue does not answer, every sweep tries again.
  const pauseMs = Math.min(LONGEST_REDISPATCH_MS, config.REDISPATCH_AFTER_MS * 2 ** job.redispatches);
  await reminders.redispatched(job.jobId, takenUntil, Date.now() + pauseMs);
}

/** Sweeps every SWEEP_INTERVAL_MS. Answers the function that ends it after the job under way. */
export function startSweeper(platform: Platform): () => Promise<void> {
  const { config, log } = platform;
  return every(
    { everyMs: config.SWEEP_INTERVAL_MS },
    (signal) => sweepOnce(platform, Date.now(), { stopped: () => signal.aborted }),
    (error) => log.say('sweep.failed', { err: error }),
  );
}
