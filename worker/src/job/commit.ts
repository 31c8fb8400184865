/** Writes to the record that no work may be lost for: tried until they get through, or the lease has ended. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { failureOf } from '@wavefleet/platform/aws/failure-of.ts';
import { type Backoff, backoffMs } from '@wavefleet/platform/backoff.ts';

/** Makes one write of a job's holder get through. What it is bound to says for how long it tries. */
export type Commit = <T>(write: () => Promise<T>) => Promise<T>;

const PACE: Backoff = { firstMs: 100, maxMs: 2_000 };

/**
 * Tries `write` again as long as a service is in trouble; what it refuses for another reason is thrown at once. The
 * write must be one that may be repeated, and that settles a lost answer itself.
 * @param until when it aborts, one more try is made: the refused beat that ended a lease may have been the answer to
 *   the very write whose own answer was lost, and only another look can tell.
 * @throws the error of the last try.
 */
export async function commit<T>(write: () => Promise<T>, until: AbortSignal, pace = PACE): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    const isLast = until.aborted;
    try {
      return await write();
    } catch (error) {
      if (isLast || !isTrouble(error)) throw error;
      await sleep(backoffMs(failures, pace), undefined, { signal: until }).catch(() => undefined);
    }
  }
}

/** Whether it is a service's trouble and no word about the write itself: also where S3 answers, and does not do all of it. */
function isTrouble(error: unknown): boolean {
  if (error instanceof Failure) return error.code === 'STORAGE_UNAVAILABLE';
  return failureOf(error, 'SERVICE_UNAVAILABLE') !== undefined;
}
