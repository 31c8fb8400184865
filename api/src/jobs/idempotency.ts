/** `Idempotency-Key`: a request that is sent again, since its answer was lost, makes no second job. */
import { z } from '@hono/zod-openapi';
import type { Job } from '@wavefleet/contracts/job.ts';
import { submitJob } from '@wavefleet/platform/jobs/submit.ts';
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
        'The same key and body gives the first answer again, whatever happens in between, until the job that it made is deleted.',
    }),
});

/**
 * The job that this order made before; undefined when it made none, or came without a key. Answered even when the
 * upload has been cleaned up since. Such ids are made from the owner: nobody comes upon somebody else's job.
 * @throws Failure IDEMPOTENCY_KEY_REUSED when its key made a job for another order.
 */
export async function replayed(
  deps: JobDeps,
  order: Order,
  idempotencyKey: string | undefined,
): Promise<Job | undefined> {
  if (idempotencyKey === undefined) return undefined;
  const known = await deps.jobs.get(order.jobId);
  if (known === undefined) return undefined;
  const file = { input: known.inputS3Location, fileName: known.fileName };
  const { job } = await submitJob(deps, { ...order, ...file });
  return job;
}
