/** What becomes of a job whose stages did not run to the end: handed back, tried again later, or failed. */
import type { InputFacts } from '@wavefleet/contracts/job.ts';
import { failJob } from '@wavefleet/platform/jobs/announce.ts';
import type { ClaimedJob } from './context.ts';
import { type Lease, Stopped } from './lease.ts';
import { DONE, judge, type Outcome } from './outcome.ts';

/**
 * Interrupted is not failed: a shutdown hands the job back and costs it nothing. After a lost lease somebody else
 * decides. Everything else is judged by the error-code table.
 * @param input what probing found before it failed.
 */
export async function endEarly(
  context: ClaimedJob,
  lease: Lease,
  error: unknown,
  input?: InputFacts,
): Promise<Outcome> {
  const { platform, claim, log, job, news, progress } = context;
  lease.stop();
  progress.stop();
  const stopped = stopReasonOf(context.signal, error);
  if (stopped === 'shutdown') {
    await platform.transitions.release(claim);
    log.say('job.handed-back');
    return { kind: 'hide', ms: 0 };
  }
  if (stopped === 'lease-lost') {
    // No effect when the job was cancelled or claimed again. When it was only the heartbeat that did not get
    // through, this is an orderly end, and no crash.
    await platform.transitions.release(claim).catch(() => undefined);
    log.say('job.lease-lost');
    return { kind: 'hide', ms: 0 };
  }
  const verdict = judge(error, job.retries, platform.config.RETRY_BASE_MS);
  const { code } = verdict.failure;
  if (verdict.kind === 'retry') {
    const { delayMs, failure } = verdict;
    log.say('job.retrying', { code, delayMs, retries: job.retries + 1, err: failure.cause ?? failure });
    const waiting = await platform.transitions.retryLater(claim, verdict.delayMs, code);
    if (waiting !== undefined) news.putOff(waiting);
    return { kind: 'hide', ms: verdict.delayMs, trouble: true };
  }
  progress.fail(verdict.failure.message);
  await news.stop();
  await failJob({ ...platform, log }, claim, verdict.failure, { input, sent: news.sent });
  return DONE;
}

/** The signal's own reason counts, however the stage's error looks by the time it gets here. */
function stopReasonOf(signal: AbortSignal, error: unknown) {
  const reason: unknown = signal.aborted ? signal.reason : error;
  return reason instanceof Stopped ? reason.reason : undefined;
}
