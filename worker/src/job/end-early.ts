/** What becomes of a job whose stages did not run to the end: handed back, tried again later, or failed. */

import type { Failure } from '@wavefleet/contracts/failure.ts';
import { type InputFacts, type Job, jobErrorOf } from '@wavefleet/contracts/job.ts';
import type { Config } from '@wavefleet/platform/config.ts';
import type { Claim } from '@wavefleet/platform/jobs/claim.ts';
import type { JobTransitions } from '@wavefleet/platform/jobs/transitions.ts';
import type { Log } from '@wavefleet/platform/log/log.ts';
import { type Commit, commit } from './commit.ts';
import type { ClaimedJob } from './context.ts';
import { type Lease, Stopped } from './lease.ts';
import { DONE, judge, type Outcome } from './outcome.ts';

/** Letting go of a job whose lease has ended hurries nobody. */
const LATE_PACE = { firstMs: 500, maxMs: 5_000 };

/**
 * Interrupted is not failed: a shutdown hands the job back and costs it nothing. After a lost lease somebody else
 * decides. Everything else is judged by the error-code table. The lease is held until the record has it.
 * @param input what probing found before it failed.
 * @throws SDK errors, when the record could not be written as long as the lease held.
 */
export async function endEarly(
  context: ClaimedJob,
  lease: Lease,
  error: unknown,
  input?: InputFacts,
): Promise<Outcome> {
  const { platform, claim, log, job, news, progress } = context;
  progress.stop();
  const stopped = stopReasonOf(context.signal, error);
  if (stopped === 'lease-lost') {
    lease.stop();
    letGo(context, lease);
    log.say('job.lease-lost');
    return { kind: 'hide', ms: 0 };
  }
  try {
    if (stopped === 'shutdown') {
      const isReleased = await context.commit(() => platform.transitions.release(claim));
      // One that has ended a worker before this claim waits until it may run alone: no message of others is to wait with it.
      if (isReleased && job.crashes <= 1) await platform.turns.addReturned(job);
      log.say('job.handed-back');
      return { kind: 'hide', ms: 0 };
    }
    const verdict = judge(error, job, platform.config);
    const { failure } = verdict;
    if (verdict.kind === 'retry') {
      const { delayMs, counts } = verdict;
      const { code } = failure;
      const { retries = job.retries } = counts;
      log.say('job.retrying', { code, delayMs, retries, err: failure.cause ?? failure });
      const waiting = await context.commit(() =>
        platform.transitions.retryLater(claim, delayMs, code, counts),
      );
      if (waiting !== undefined) news.putOff(waiting);
      return { kind: 'hide', ms: delayMs, trouble: true };
    }
    progress.fail(failure.message);
    const failed = await failJob({ ...platform, log }, context.commit, claim, failure, input);
    if (failed !== undefined) await news.end(failed);
    return DONE;
  } catch (cause) {
    // The lease has ended over it, or the record refuses it: what the claim has counted is taken back when it can be.
    letGo(context, lease);
    throw cause;
  } finally {
    lease.stop();
  }
}

/**
 * Ends a job that cannot succeed. Answers the final record, or undefined when the claim was lost.
 * @throws SDK errors, when the record could not be written.
 */
export async function failJob(
  deps: {
    readonly transitions: JobTransitions;
    readonly log: Log;
    readonly config: Pick<Config, 'JOBS_TABLE'>;
  },
  commitOf: Commit,
  claim: Claim,
  failure: Failure,
  input?: InputFacts,
): Promise<Job | undefined> {
  const { transitions, log, config } = deps;
  const ending = { status: 'failed', error: jobErrorOf(failure), input } as const;
  const failed = await commitOf(() => transitions.finish(claim, ending));
  if (failed === undefined) return undefined;
  log.say('job.failed', {
    jobId: claim.jobId,
    attempt: claim.attempt,
    code: failure.code,
    status: failure.status,
    table: config.JOBS_TABLE,
    err: failure.cause ?? failure,
  });
  return failed;
}

/**
 * Lets go in the background, for as long as it takes: a worker that was cut off is no worker that crashed, and the job
 * must not pay for it. No effect when the job was cancelled, or claimed again by the others' right.
 */
function letGo({ platform, claim, background }: ClaimedJob, lease: Lease): void {
  background.run((signal) =>
    commit(
      async () => {
        const isReleased = await platform.transitions.release(claim);
        if (!isReleased && lease.isUnheard) await platform.transitions.absolve(claim);
      },
      signal,
      LATE_PACE,
    ),
  );
}

/** The signal's own reason counts, however the stage's error looks by the time it gets here. */
function stopReasonOf(signal: AbortSignal, error: unknown) {
  const reason: unknown = signal.aborted ? signal.reason : error;
  return reason instanceof Stopped ? reason.reason : undefined;
}
