/** Retrying a transfer inside its stage: an hour of FFmpeg is not repeated for one slow moment of S3. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { isInvalidRange, isMissing, isPreconditionFailed } from '@wavefleet/platform/aws/errors.ts';
import { failureOf } from '@wavefleet/platform/aws/failure-of.ts';
import { AWS_RETRIES, patient } from '@wavefleet/platform/aws/retry.ts';
import { backoffMs } from '@wavefleet/platform/backoff.ts';
import type { Config } from '@wavefleet/platform/config.ts';
import type { WorkContext } from './context.ts';

/**
 * For so long a transfer waits for an S3 that does not answer, however many tries that takes: its slot could do nothing
 * else meanwhile. Behind a result lies all the work; before a source, only its turn; a segment can be made again.
 */
const PATIENCE_MS = { download: 30_000, upload: 3_600_000, segment: 5_000 };

/** Who has the transfer. */
export type TransferContext = Pick<WorkContext, 'signal' | 'log'> & {
  readonly platform: { readonly config: Pick<Config, 'AWS_RETRY_BASE_MS'> };
};

/**
 * At the pace at which the SDK tries calls again, which cannot send or receive a stream twice, and as often; longer
 * where S3 is in trouble. After that the job is tried again later. A {@link Failure} is final at once, and so is a
 * missing permission, which no such pause brings back.
 * @throws after the last try the Failure that its error stands for, STORAGE_UNAVAILABLE as a rule; the abort reason.
 */
export async function withRetries(
  { signal, log, platform }: TransferContext,
  what: keyof typeof PATIENCE_MS,
  transfer: () => Promise<void>,
): Promise<void> {
  const startedAtMs = performance.now();
  const isPatient = () => performance.now() - startedAtMs < PATIENCE_MS[what];
  for (let tries = 1; ; tries += 1) {
    try {
      return await transfer();
    } catch (error) {
      signal.throwIfAborted();
      const trouble = failureOf(error, 'STORAGE_UNAVAILABLE');
      const failure = trouble ?? new Failure('STORAGE_UNAVAILABLE', { cause: error });
      if (failure === error || failure.code === 'ACCESS_DENIED') throw failure;
      if (tries > AWS_RETRIES && !(trouble !== undefined && isPatient())) throw failure;
      log.say('transfer.repeated', { what, tries, err: error });
      const pauseMs = backoffMs(tries, patient(platform.config.AWS_RETRY_BASE_MS));
      await sleep(pauseMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}

/** Errors that another try cannot mend. */
export function finalFailureOf(error: unknown): Failure | undefined {
  if (isMissing(error)) return new Failure('INPUT_MISSING', { cause: error });
  if (isPreconditionFailed(error) || isInvalidRange(error))
    return new Failure('INPUT_CHANGED', { cause: error });
  return error instanceof Failure && error.code === 'RANGE_INVALID'
    ? new Failure('INPUT_CHANGED')
    : undefined;
}
