/**
 * How a call that AWS did not answer well is tried again: the SDK's own standard retry (transient errors and throttling,
 * within its budget of tokens), at a pace that fits who waits for it.
 */
import { ConfiguredRetryStrategy } from '@smithy/core/retry';
import type { RetryErrorInfo, StandardRetryToken } from '@smithy/types';
import { type Backoff, backoffMs } from '../backoff.ts';

/** Tries after the first. */
export const AWS_RETRIES = 3;

/** The pauses between tries (equal jitter), and for how long new ones may begin. */
export interface RetryPace extends Backoff {
  /** A call that began longer ago than this is not tried again, however many tries are left. */
  readonly beginWithinMs: number;
}

/** Somebody waits for the answer to a request, 20 s at most: a call takes half of that even when nobody answers. */
export const swift: RetryPace = { firstMs: 200, maxMs: 1_000, beginWithinMs: 8_000 };

/** A worker has time, and hours of FFmpeg to lose: about 1, 2 and 4 s. @param firstMs before the first jitter. */
export function patient(firstMs: number): RetryPace {
  return { firstMs, maxMs: 10_000, beginWithinMs: Number.POSITIVE_INFINITY };
}

/** Settings of an SDK client. Every client needs its own: the budget of tokens is kept in it. */
export function retrying(pace: RetryPace): { retryStrategy: ConfiguredRetryStrategy; maxAttempts: number } {
  return { retryStrategy: new PacedRetry(pace), maxAttempts: AWS_RETRIES + 1 };
}

class PacedRetry extends ConfiguredRetryStrategy {
  readonly #beginWithinMs: number;
  readonly #begun = new WeakMap<StandardRetryToken, number>();

  constructor(pace: RetryPace) {
    super(AWS_RETRIES + 1, (failures) => backoffMs(failures, pace));
    this.#beginWithinMs = pace.beginWithinMs;
  }

  override async acquireInitialRetryToken(scope: string): Promise<StandardRetryToken> {
    const token = await super.acquireInitialRetryToken(scope);
    this.#begun.set(token, performance.now());
    return token;
  }

  override async refreshRetryTokenForRetry(
    token: StandardRetryToken,
    error: RetryErrorInfo,
  ): Promise<StandardRetryToken> {
    const begunAtMs = this.#begun.get(token) ?? performance.now();
    // The SDK then throws the error that it has.
    if (performance.now() - begunAtMs > this.#beginWithinMs) throw new Error('no time for another try');
    const next = await super.refreshRetryTokenForRetry(token, error);
    this.#begun.set(next, begunAtMs);
    return next;
  }
}
