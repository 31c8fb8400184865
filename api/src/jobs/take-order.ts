/** What every route that makes a job does with an order: once for each key, and one at a time for each owner. */
import type { Job } from '@wavefleet/contracts/job.ts';
import type { Context } from 'hono';
import type { AppEnv } from '../http/context.ts';
import { note } from '../http/request-facts.ts';
import { coverOf } from './cover.ts';
import type { JobDeps } from './deps.ts';
import { replayed } from './idempotency.ts';
import { requireNotices } from './notices.ts';
import { type InputFile, linkAndSubmit, type Order } from './order.ts';

/** How an order gets the file that its job reads. */
interface OrderedInput {
  readonly idempotencyKey: string | undefined;
  /** Looks whether the file may be converted, before the order takes its place among its owner's jobs. Throws if not. */
  readonly check?: () => Promise<unknown>;
  /** Ties the job to the file, and answers that. */
  readonly tie: (jobId: string) => Promise<InputFile>;
}

/**
 * The stored job, or the one that the same key has made before.
 * @throws Failure OVERLOADED, IDEMPOTENCY_KEY_REUSED; what `requireNotices`, `coverOf`, `linkAndSubmit` and the input throw.
 */
export async function takeOrder(
  c: Context<AppEnv>,
  deps: JobDeps,
  asked: Order,
  { idempotencyKey, check, tie }: OrderedInput,
): Promise<Job> {
  note(c, { jobId: asked.jobId });
  return await deps.submissions.run(asked.ownerId, async () => {
    const known = await replayed(deps, asked, idempotencyKey);
    if ('job' in known) return known.job;
    const { order } = known;
    note(c, { jobId: order.jobId });
    await requireNotices(deps, order);
    await deps.admission.admit();
    const cover = await coverOf(c, deps, order.options);
    await check?.();
    return await linkAndSubmit(deps, order, { cover, tieInput: () => tie(order.jobId) });
  });
}
