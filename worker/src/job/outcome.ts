/**
 * The closed set of what becomes of a message, and the one place where an error is turned into it.
 * `run-job.ts` ends here; `queue/consumer.ts` obeys.
 */

import { type ErrorCode, errorCodes } from '@wavefleet/contracts/error-codes.ts';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { failureOf } from '@wavefleet/platform/aws/failure-of.ts';
import { backoffMs } from '@wavefleet/platform/backoff.ts';

export type Outcome =
  /** The record says all there is to say: delete the message. */
  | { readonly kind: 'done' }
  /** Leave the message; it comes back after `ms`. `trouble`: something failed that may be this machine's fault. */
  | { readonly kind: 'hide'; readonly ms: number; readonly trouble?: boolean };

export const DONE: Outcome = { kind: 'done' };

const MAX_DELAY_MS = 300_000;

/** What a thrown error means for the job. */
export type Verdict =
  | { readonly kind: 'fail'; readonly failure: Failure }
  | { readonly kind: 'retry'; readonly failure: Failure; readonly delayMs: number };

/**
 * @param retries transient failures recorded before this one.
 * @param baseMs ceiling of the first delay; it doubles with each retry, up to 5 min.
 */
export function judge(error: unknown, retries: number, baseMs: number): Verdict {
  const failure = asFailure(error);
  if (retries >= errorCodes[failure.code].retries) return { kind: 'fail', failure };
  const delayMs = backoffMs(retries + 1, { firstMs: baseMs, maxMs: MAX_DELAY_MS });
  return { kind: 'retry', failure, delayMs };
}

/** Every error of a stage has a code: ours, the disk's, the service's, or INTERNAL_ERROR. */
function asFailure(error: unknown): Failure {
  return failureOf(error, 'STORAGE_UNAVAILABLE') ?? new Failure(codeOf(error), { cause: error });
}

/** What a service refused for a reason that no stage expects is taken for trouble of the service. */
function codeOf(error: unknown): ErrorCode {
  const fromService = error instanceof Error && ('$metadata' in error || 'code' in error);
  return fromService ? 'STORAGE_UNAVAILABLE' : 'INTERNAL_ERROR';
}
