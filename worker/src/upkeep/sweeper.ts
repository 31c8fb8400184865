/**
 * Finds every orphan, whatever orphaned it, by one sparse index: jobs not dispatched, jobs whose lease ran out,
 * outcomes not announced. It only sends wake-ups and repeats announcements; claims decide who works.
 */
import { isTerminal } from '@wavefleet/contracts/states.ts';
import { announce } from '@wavefleet/platform/jobs/announce.ts';
import { type DueJob, shuffledShards } from '@wavefleet/platform/jobs/store.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';

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
  for (const shard of shuffledShards()) {
    if (options.stopped?.()) return acted;
    for (const due of await platform.jobs.due(shard, horizonMs, options.limit)) {
      if (options.stopped?.()) return acted;
      try {
        if (await actOn(platform, due)) acted += 1;
      } catch (error) {
        platform.log.warn({ err: error, jobId: due.jobId }, 'orphan not seen to yet');
      }
    }
  }
  return acted;
}

async function actOn(platform: Platform, { jobId, dueAt }: DueJob): Promise<boolean> {
  const { config, transitions } = platform;
  const takenUntil = Date.now() + TAKEN_FOR_MS;
  const job = await transitions.takeReminder(jobId, dueAt, takenUntil);
  if (job === undefined) return false;
  if (isTerminal(job.status)) {
    await announce(platform, job);
  } else {
    await platform.queue.send(job);
    // Only now: while the queue does not answer, every sweep tries again.
    const backoffMs = Math.min(LONGEST_REDISPATCH_MS, config.REDISPATCH_AFTER_MS * 2 ** job.redispatches);
    await transitions.redispatched(jobId, takenUntil, Date.now() + backoffMs);
  }
  platform.log.info({ jobId, status: job.status }, 'orphan found: woken again');
  return true;
}

/** Sweeps every SWEEP_INTERVAL_MS, jittered by half. Answers the function that ends it after the job under way. */
export function startSweeper(platform: Platform): () => Promise<void> {
  let stopped = false;
  let pass = Promise.resolve();
  let timer: NodeJS.Timeout;
  const schedule = () => {
    if (stopped) return;
    timer = setTimeout(run, platform.config.SWEEP_INTERVAL_MS * (0.75 + Math.random() / 2));
  };
  const run = () => {
    pass = sweepOnce(platform, Date.now(), { stopped: () => stopped })
      .then(
        () => undefined,
        (error: unknown) => platform.log.warn({ err: error }, 'sweep failed'),
      )
      .finally(schedule);
  };
  schedule();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await pass;
  };
}
