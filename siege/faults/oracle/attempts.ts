/** Clause (i): no attempt more than the fault explains, neither of all jobs together nor of one. */
import type { History } from '../history/history.ts';
import type { Expected } from './expected.ts';

/** What of a job says how often it was begun. */
interface Begun {
  readonly jobId: string;
  readonly attempt: number;
}

/** What of a rig explains attempts, and tells of them. */
interface Explaining {
  readonly history: Pick<History, 'writesOf'>;
  readonly stalls: { readonly count: number };
  readonly slots: number;
}

/** Attempts beyond the first, of all together. */
export const extraOf = (jobs: readonly Begun[]): number =>
  jobs.reduce((sum, { attempt }) => sum + Math.max(0, attempt - 1), 0);

/** One sentence for too many attempts in all, and one for each job that had too many. */
export function unexplained(
  { history, stalls, slots }: Explaining,
  { extraAttempts = 0, extraAttemptsOfJob = 1 }: Expected,
  jobs: readonly Begun[],
): string[] {
  const found: string[] = [];
  const extra = extraOf(jobs);
  const most = extraAttempts + stalls.count * slots;
  if (extra > most) {
    const several = jobs.filter(({ attempt }) => attempt > 1);
    const claims = several.map(({ jobId }) => `${jobId.slice(0, 8)} ${writesOf(history, jobId)}`);
    found.push(
      `(i) ${extra} attempts beyond the first ones, and the fault explains ${most}: ${claims.join('; ')}`,
    );
  }
  const mostOfJob = extraAttemptsOfJob + stalls.count;
  for (const { jobId, attempt } of jobs.filter(({ attempt }) => attempt - 1 > mostOfJob))
    found.push(
      `(i) job ${jobId} was begun ${attempt} times, and the fault explains ${mostOfJob + 1}: ${writesOf(history, jobId)}`,
    );
  return found;
}

/** What was seen of one job, in ms after its making. @param all with leases that were renewed, outboxes that were cleared. */
export function writesOf(history: Pick<History, 'writesOf'>, jobId: string, all = false): string {
  const writes = history.writesOf(jobId).filter(({ what }) => all || what !== 'other');
  const madeAtMs = writes[0]?.startedAtMs ?? 0;
  return writes
    .map(({ what, caller, startedAtMs, status }) => {
      const became = what === 'other' || what === 'end' ? ` (${status})` : '';
      return `${what}${became} ${caller} +${startedAtMs - madeAtMs}`;
    })
    .join(', ');
}
