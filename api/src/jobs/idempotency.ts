/** `Idempotency-Key`: a request that is sent again, since its answer was lost, makes no second job. */
import { z } from '@hono/zod-openapi';
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { Job } from '@wavefleet/contracts/job.ts';
import { requestFingerprint } from '@wavefleet/platform/jobs/submit.ts';
import type { JobDeps } from './deps.ts';
import type { Order } from './order.ts';

/** The headers of every route that makes a job. */
export const idempotencyHeaders = z.object({
  'idempotency-key': z
    .string()
    // HTTP takes spaces off both ends.
    .regex(/^[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?$/, 'expected 1 to 255 printable ASCII characters')
    .optional()
    .openapi({
      description:
        'The same key and body get the first answer again, whatever has happened in between, until the job is deleted.',
    }),
});

/**
 * The job that this order's key has made, however long ago its upload has gone. Where it has made none, or only such as were
 * deleted, the order with the id that its job gets.
 * @throws Failure IDEMPOTENCY_KEY_REUSED when its key made a job for another order.
 */
export async function replayed(
  { jobs, log }: Pick<JobDeps, 'jobs' | 'log'>,
  order: Order,
  key: string | undefined,
): Promise<{ readonly job: Job } | { readonly order: Order }> {
  if (key === undefined) return { order };
  const { jobId, job } = await jobs.madeBy(order.jobId);
  if (job === undefined) return { order: { ...order, jobId } };
  if (job.fingerprint !== requestFingerprint(order)) throw new Failure('IDEMPOTENCY_KEY_REUSED');
  log.say('job.known', { jobId });
  return { job };
}
