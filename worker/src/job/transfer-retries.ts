/** Retrying a transfer inside its stage: an hour of FFmpeg is not repeated for one slow moment of S3. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { backoffMs } from '@wavefleet/platform/backoff.ts';
import type { JobContext } from './context.ts';

const TRIES = 5;
const PAUSE = { firstMs: 300, maxMs: 2_400 };

/**
 * Tries up to five times, with pauses that grow to about 2 s. A {@link Failure} is final at once.
 * @throws Failure STORAGE_UNAVAILABLE after the last try, or the abort reason.
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
      if (error instanceof Failure) throw error;
      if (tries === TRIES) throw new Failure('STORAGE_UNAVAILABLE', { cause: error });
      log.say('transfer.repeated', { what, tries, err: error });
      await sleep(backoffMs(tries, PAUSE), undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}
