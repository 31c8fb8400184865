/** One message, one job: the one whose turn it is. See `platform/src/jobs/turns.ts`. */
import { type JobMessage, MESSAGE_VERSION } from '@wavefleet/contracts/message.ts';
import type { JobTurns } from '@wavefleet/platform/jobs/turns.ts';
import { DONE, type Outcome } from '../job/outcome.ts';

/** So many jobs of the board that nobody may take: it is out of date, and the message gets back to its own. */
const MOST_REFUSALS = 20;

/**
 * Runs the job whose turn it is. A message whose own job is over is used for another one, since that one's message may
 * have been used for this one; it goes when no job waits.
 * @param run runs a job, and answers `refused` when it was not there to be taken.
 */
export async function runFairly(
  turns: Pick<JobTurns, 'insteadOf' | 'next'>,
  own: JobMessage,
  run: (message: JobMessage) => Promise<Outcome>,
): Promise<Outcome> {
  let jobId = (await turns.insteadOf(own.jobId)) ?? own.jobId;
  let isOver = false;
  for (let refusals = 0; refusals < MOST_REFUSALS; refusals += 1) {
    const isOwn = jobId === own.jobId;
    const outcome = await run(isOwn ? own : { v: MESSAGE_VERSION, jobId });
    // A job of its own that cannot be taken yet keeps its message.
    if (outcome.refused !== true || (isOwn && outcome.kind === 'hide')) return outcome;
    isOver ||= isOwn;
    const next = await turns.next();
    if (next === undefined && isOver) return DONE;
    jobId = next ?? own.jobId;
  }
  return isOver ? DONE : await run(own);
}
