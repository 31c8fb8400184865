/** Retrying a transfer inside its stage: an hour of FFmpeg is not repeated for one slow moment of S3. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { AWS_RETRIES, patient } from '@wavefleet/platform/aws/retry.ts';
import { backoffMs } from '@wavefleet/platform/backoff.ts';
import type { JobContext } from './context.ts';

/**
 * As often and at the same pace as the SDK tries calls again, which cannot send or receive a stream twice. A
 * {@link Failure} is final at once.
 * @throws Failure STORAGE_UNAVAILABLE after the last try, or the abort reason.
 */
export async function withRetries(
  { signal, log, platform }: Pick<JobContext, 'signal' | 'log' | 'platform'>,
  what: string,
  transfer: () => Promise<void>,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await transfer();
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof Failure) throw error;
      if (tries > AWS_RETRIES) throw new Failure('STORAGE_UNAVAILABLE', { cause: error });
      log.warn({ err: error, tries }, `${what} broke: trying again`);
      await sleep(backoffMs(tries, patient(platform.config.AWS_RETRY_BASE_MS)), undefined, { signal }).catch(
        () => signal.throwIfAborted(),
      );
    }
  }
}
