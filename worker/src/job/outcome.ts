/**
 * The closed set of what becomes of a message, and the one place where an error is turned into it.
 * `run-job.ts` ends here; `queue/consumer.ts` obeys.
 */

import { type ErrorCode, errorCodes } from '@wavefleet/contracts/error-codes.ts';
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { Job } from '@wavefleet/contracts/job.ts';
import { failureOf } from '@wavefleet/platform/aws/failure-of.ts';
import { backoffMs } from '@wavefleet/platform/backoff.ts';
import type { Config } from '@wavefleet/platform/config.ts';
import type { RetryCounts } from '@wavefleet/platform/jobs/transitions.ts';

/** The record says all there is to say: delete the message. */
interface Done {
  readonly kind: 'done';
}

/** Leave the message; it comes back after `ms`. `trouble`: something failed that may be this machine's fault. */
interface Hide {
  readonly kind: 'hide';
  readonly ms: number;
  readonly trouble?: boolean;
}

/**
 * `refused`: nothing was done, the job was not there to be taken. `isAwaited`: who holds it may be dead, and then this message
 * is what brings it back in a moment.
 */
export type Outcome = (Done | Hide) & { readonly refused?: true; readonly isAwaited?: boolean };

/** Nothing was begun: it is to be run when no other job runs in this process. */
export const ALONE = { kind: 'alone' } as const;

export const DONE: Outcome = { kind: 'done' };

const MAX_DELAY_MS = 300_000;
/** In trouble a job rests for no more than this part of how long it has lasted, so that it is soon there once it is over. */
const TROUBLE_PART = 1 / 10;
const SHORT_TROUBLE_MS = 100_000;

/** What a thrown error means for the job. */
export type Verdict =
  | { readonly kind: 'fail'; readonly failure: Failure }
  | {
      readonly kind: 'retry';
      readonly failure: Failure;
      readonly delayMs: number;
      /** What the record is to count. */
      readonly counts: RetryCounts;
    };

/** What of a job decides whether it is tried again. */
type History = Pick<Job, 'attempt' | 'retries' | 'retriesBy' | 'troubledSince' | 'troubledAt'>;

/** Trouble that comes after so long without any is another one: a job may have waited out the first unclaimed. */
const TROUBLE_GAP_MS = 3_600_000;

const BUDGETS = { never: 0, once: 1, thrice: 3 } as const;

/**
 * Each code that may be the job's own fault has its budget, which nothing else uses up. Trouble of services and machines
 * has none, but an end.
 * @param history what was counted before this failure.
 * @param now epoch ms.
 */
export function judge(
  error: unknown,
  history: History,
  { RETRY_BASE_MS, TROUBLE_DEADLINE_MS }: Pick<Config, 'RETRY_BASE_MS' | 'TROUBLE_DEADLINE_MS'>,
  now = Date.now(),
): Verdict {
  const failure = asFailure(error);
  const { again } = errorCodes[failure.code];
  const pause = { firstMs: RETRY_BASE_MS, maxMs: MAX_DELAY_MS };
  if (again === 'later') {
    const { troubledAt = now, attempt } = history;
    const { troubledSince = now } = now - troubledAt > TROUBLE_GAP_MS ? {} : history;
    if (now - troubledSince > TROUBLE_DEADLINE_MS) return { kind: 'fail', failure };
    const counts = { troubledSince, troubledAt: now };
    const lastsMs = Math.max(SHORT_TROUBLE_MS, now - troubledSince);
    const maxMs = Math.min(MAX_DELAY_MS, lastsMs * TROUBLE_PART);
    return { kind: 'retry', failure, delayMs: backoffMs(attempt, { ...pause, maxMs }), counts };
  }
  // Records of before know the sum alone.
  const { retries, retriesBy = retries === 0 ? {} : { [failure.code]: retries } } = history;
  const spent = retriesBy[failure.code] ?? 0;
  if (spent >= BUDGETS[again]) return { kind: 'fail', failure };
  return {
    kind: 'retry',
    failure,
    delayMs: backoffMs(spent + 1, pause),
    counts: { retries: retries + 1, retriesBy: { ...retriesBy, [failure.code]: spent + 1 } },
  };
}

/** Every error of a stage has a code: ours, the disk's, the service's, or INTERNAL_ERROR. */
function asFailure(error: unknown): Failure {
  return failureOf(error, 'STORAGE_UNAVAILABLE') ?? new Failure(codeOf(error), { cause: error });
}

/**
 * What Node's own functions throw where they are called wrongly (`ERR_OUT_OF_RANGE`, `ERR_INVALID_ARG_TYPE`): a mistake of
 * ours. The families that are left out tell of a connection that broke.
 */
const wrongCall = /^ERR_(?!(STREAM|SOCKET|HTTP2?|TLS|SSL|OSSL)_)/;

/** What a service refused for a reason that no stage expects is taken for trouble of the service. */
function codeOf(error: unknown): ErrorCode {
  if (!(error instanceof Error)) return 'INTERNAL_ERROR';
  if ('$metadata' in error) return 'STORAGE_UNAVAILABLE';
  const isOurs = !('code' in error) || wrongCall.test(String(error.code));
  return isOurs ? 'INTERNAL_ERROR' : 'STORAGE_UNAVAILABLE';
}
