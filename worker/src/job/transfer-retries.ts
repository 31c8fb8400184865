/** Retrying a transfer inside its stage: an hour of FFmpeg is not repeated for one slow moment of S3. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { failureOf } from '@wavefleet/platform/aws/failure-of.ts';
import { backoffMs } from '@wavefleet/platform/backoff.ts';
import type { JobContext } from './context.ts';

const TRIES = 5;
const PAUSE = { firstMs: 300, maxMs: 2_400 };

/**
 * Tries up to five times, with pauses that grow to about 2 s. A {@link Failure} is final at once, and so is a missing
 * permission, which no such pause brings back.
 * @throws after the last try the Failure that its error stands for, STORAGE_UNAVAILABLE as a rule; the abort reason.
 */
export async function withRetries(
  { signal, log }: Pick<JobContext, 'signal' | 'log'>,
  what: 'download' | 'upload',
  transfer: () => Promise<void>,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await transfer();
    } catch (error) {
      signal.throwIfAborted();
      const failure =
        failureOf(error, 'STORAGE_UNAVAILABLE') ?? new Failure('STORAGE_UNAVAILABLE', { cause: error });
      if (failure === error || failure.code === 'ACCESS_DENIED' || tries === TRIES) throw failure;
      log.say('transfer.repeated', { what, tries, err: error });
      await sleep(backoffMs(tries, PAUSE), undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}
