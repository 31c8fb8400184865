/** Retrying a transfer inside its stage: an hour of FFmpeg is not repeated for one slow moment of S3. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { JobContext } from './context.ts';

const TRIES = 5;
const FIRST_PAUSE_MS = 200;

/**
 * Tries up to five times, with pauses of 0.2, 0.4, 0.8 and 1.6 s. A {@link Failure} is final at once.
 * @throws Failure STORAGE_UNAVAILABLE after the last try, or the abort reason.
 */
export async function withRetries(
  { signal, log }: Pick<JobContext, 'signal' | 'log'>,
  what: string,
  transfer: () => Promise<void>,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await transfer();
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof Failure) throw error;
      if (tries === TRIES) throw new Failure('STORAGE_UNAVAILABLE', { cause: error });
      log.warn({ err: error, tries }, `${what} broke: trying again`);
      await sleep(FIRST_PAUSE_MS * 2 ** (tries - 1), undefined, { signal }).catch(() =>
        signal.throwIfAborted(),
      );
    }
  }
}
