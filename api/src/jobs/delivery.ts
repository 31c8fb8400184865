/** What follows when a result was sent to its last byte: some jobs asked to be deleted then. */
import type { Job, ObjectRef } from '@wavefleet/contracts/job.ts';
import { deleteDelivered } from '@wavefleet/platform/jobs/deliveries.ts';
import type { Context } from 'hono';
import type { AppEnv } from '../http/context.ts';
import type { JobDeps } from './deps.ts';

/**
 * Deletes the job's result and upload some time after this very answer was sent as a whole, if the job asked for it. A
 * part does not count, even the last one: nobody knows whether the client has the others.
 */
export function deleteOnceDelivered(
  c: Context<AppEnv>,
  deps: JobDeps,
  job: Job,
  { answer, stored }: { readonly answer: Response; readonly stored: ObjectRef },
): void {
  if (job.deleteAfterDownload !== true || c.req.method !== 'GET') return;
  const isWhole = answer.ok && answer.headers.get('Content-Length') === String(stored.sizeBytes);
  // Comes once the last byte was handed to the system. A connection that breaks off before only closes.
  if (isWhole) c.env.outgoing.once('finish', () => void delivered(deps, job));
}

/** Never throws. Should this process end before the time is up, a sweeper deletes. */
async function delivered(deps: JobDeps, { jobId }: Job): Promise<void> {
  const graceMs = deps.config.DELETE_GRACE_MS;
  try {
    const job = await deps.deliveries.delivered(jobId, Date.now() + graceMs);
    if (job === undefined) return;
    deps.log.say('job.delivered', { jobId, graceMs });
    setTimeout(() => {
      deleteDelivered(deps, job).catch((error: unknown) => {
        deps.log.say('job.not-deleted', { jobId, err: error });
      });
    }, graceMs).unref();
  } catch (error) {
    deps.log.say('job.delivery-unnoted', { jobId, err: error });
  }
}
