/** One message, one job: the one whose turn it is. See `platform/src/jobs/turns.ts`. */
import { type JobMessage, MESSAGE_VERSION } from '@wavefleet/contracts/message.ts';
import type { JobTurns } from '@wavefleet/platform/jobs/turns.ts';
import { DONE, type Outcome } from '../job/outcome.ts';

/** So many jobs of the board that nobody may take: it is out of date, and the message gets back to its own. */
const MOST_REFUSALS = 20;

/**
 * Runs the job whose turn it is. A message whose own job is over is used for another one, since that one's message may
 * have been used for this one; it goes when no job waits. One whose own job is at work, or put off, stays for that one,
 * and is used meanwhile where a job has no message: that job's may be the one by which its own is at work.
 * @param run runs a job, and answers `refused` when it was not there to be taken.
 */
export async function runFairly(
  turns: Pick<JobTurns, 'insteadOf' | 'next' | 'nextForStray'>,
  own: JobMessage,
  run: (message: JobMessage) => Promise<Outcome>,
): Promise<Outcome> {
  let jobId = (await turns.insteadOf(own.jobId)) ?? own.jobId;
  let isOver = false;
  for (let refusals = 0; refusals < MOST_REFUSALS; refusals += 1) {
    const isOwn = jobId === own.jobId;
    const outcome = await run(isOwn ? own : { v: MESSAGE_VERSION, jobId });
    if (outcome.refused !== true) return outcome;
    if (isOwn && outcome.kind === 'hide') return await lend(turns, outcome, run);
    isOver ||= isOwn;
    const next = await turns.next();
    if (next === undefined && isOver) return DONE;
    jobId = next ?? own.jobId;
  }
  return isOver ? DONE : await run(own);
}

/** Answers what becomes of a message that its own job keeps. */
async function lend(
  turns: Pick<JobTurns, 'nextForStray'>,
  kept: Extract<Outcome, { kind: 'hide' }>,
  run: (message: JobMessage) => Promise<Outcome>,
): Promise<Outcome> {
  if (kept.isAwaited === true) return kept;
  const lentAtMs = performance.now();
  for (let refusals = 0; refusals < MOST_REFUSALS; refusals += 1) {
    const jobId = await turns.nextForStray();
    if (jobId === undefined) break;
    const outcome = await run({ v: MESSAGE_VERSION, jobId });
    if (outcome.refused === true) continue;
    if (outcome.kind === 'hide') return outcome;
    break;
  }
  return { ...kept, ms: Math.max(0, Math.round(kept.ms - (performance.now() - lentAtMs))) };
}
