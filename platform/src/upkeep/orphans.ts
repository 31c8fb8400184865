/**
 * Jobs that should be under way and are not, whatever orphaned them: not dispatched, the lease ran out, handed back or
 * put off and not taken since. A wake-up is all that they get; claims decide who works.
 */
import type { Job } from '@wavefleet/contracts/job.ts';
import { isTerminal } from '@wavefleet/contracts/states.ts';
import { shuffledShards } from '../jobs/store.ts';
import { SEND_TIMEOUT_MS } from '../jobs/submit.ts';
import type { Platform } from '../platform.ts';
import { forEachDue, type Look } from './due.ts';
import { isTrouble } from './trouble.ts';

/** A reminder belongs to the sweeper that took it for this long, which is more than sending takes; then it is due again. */
export const ORPHANS_TAKEN_FOR_MS = SEND_TIMEOUT_MS + 2_000;
const LONGEST_PAUSE_MS = 3_600_000;
/** A waiting message is taken for lost after this long, whatever the queue says: SQS keeps none for ever. */
const WAITS_AT_MOST_MS = 86_400_000;
const DEPTH_TIMEOUT_MS = 3_000;

/** What a pass over the orphans came to. */
export interface Woken {
  /** How many were seen to. */
  readonly woken: number;
  /** How many are still to be seen to, of those that were tried: the queue or the table did not answer. */
  readonly waiting: number;
  /** Those that have news which nobody told; terminal ones are told and nothing else. */
  readonly untold: readonly Job[];
}

/** One pass over all jobs that are not over. Two sweepers never act on the same reminder. @throws SDK errors. */
export async function wakeOrphans(platform: Platform, look: Look): Promise<Woken> {
  const { jobs, reminders, log } = platform;
  const untold: Job[] = [];
  let waiting = 0;
  const hasWaiting = memo(() => isBacklogged(platform));
  const woken = await forEachDue(jobs, shuffledShards('acts'), look, {
    async act({ jobId, dueAt }) {
      const takenUntil = Date.now() + ORPHANS_TAKEN_FOR_MS;
      const job = await reminders.take(jobId, dueAt, takenUntil);
      if (job === undefined) return 'lost';
      if (isTerminal(job.status)) {
        // Its worker died before it could tell, or EventBridge did not answer. No orphan waits behind it a second time.
        await reminders.ended(jobId, takenUntil);
        untold.push(job);
        return 'acted';
      }
      const isQueued = wasSent(job) && (await hasWaiting());
      if (isQueued) await putOff(platform, job, takenUntil);
      else await wake(platform, job, takenUntil);
      if (job.pendingEvents.length > 0) untold.push(job);
      return 'acted';
    },
    failed({ jobId }, error) {
      if (isTrouble(error)) waiting += 1;
      log.say('orphan.waits', { jobId, err: error });
    },
  });
  return { woken, waiting, untold };
}

/** Whether its message was put on the queue, as far as is known, and nobody has received it to any effect since. */
function wasSent({ status, createdAt, unsent }: Job): boolean {
  return status === 'created' && unsent !== true && Date.now() - Date.parse(createdAt) < WAITS_AT_MOST_MS;
}

/**
 * Messages wait, so the job's own is likely to be among them: one more would only make the queue longer. Should it be
 * lost all the same, the job is woken when the queue has run empty, or after a day.
 */
async function isBacklogged({ queue }: Platform): Promise<boolean> {
  return (await queue.depth(AbortSignal.timeout(DEPTH_TIMEOUT_MS))).waiting > 0;
}

/** The longer it has waited, the later the next look. */
async function putOff({ reminders, config }: Platform, job: Job, takenUntil: number): Promise<void> {
  const now = Date.now();
  const waitedMs = now - Date.parse(job.createdAt);
  const pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(config.REDISPATCH_AFTER_MS, waitedMs));
  await reminders.take(job.jobId, takenUntil, now + pauseMs);
}

/** Sends the job's message again, each time later than the time before. */
async function wake(
  { queue, reminders, config, log }: Platform,
  job: Job,
  takenUntil: number,
): Promise<void> {
  const signal = AbortSignal.timeout(SEND_TIMEOUT_MS);
  await (job.crashes > 0 ? queue.send(job, signal) : queue.sendAgain(job, signal));
  // Only now: while the queue does not answer, every sweep tries again.
  const pauseMs = Math.min(LONGEST_PAUSE_MS, config.REDISPATCH_AFTER_MS * 2 ** job.redispatches);
  await reminders.redispatched(job.jobId, takenUntil, Date.now() + pauseMs);
  const { jobId, status, attempt, redispatches } = job;
  log.say('orphan.woken', { jobId, status, attempt, redispatches });
}

/** Asked once in a pass, and only when it matters. */
function memo<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => {
    answer ??= ask();
    return answer;
  };
}
