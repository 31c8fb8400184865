/** From what a caller asks for to a stored job: the two steps between which `take-order.ts` looks at everything else. */
import { randomUUID } from 'node:crypto';
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { FormatName } from '@wavefleet/contracts/formats.ts';
import type { Cover, Job } from '@wavefleet/contracts/job.ts';
import { type ConversionOptions, findRequestProblem, type Quality } from '@wavefleet/contracts/request.ts';
import { idOfKey } from '@wavefleet/platform/jobs/ids.ts';
import { type SubmitRequest, submitJob } from '@wavefleet/platform/jobs/submit.ts';
import type { Owner } from '../http/context.ts';
import type { JobDeps } from './deps.ts';

/** A conversion as bodies ask for it, each value valid by itself. */
export interface Conversion {
  readonly format: FormatName;
  readonly quality?: Quality | undefined;
  readonly options?: ConversionOptions | undefined;
  readonly deleteAfterDownload?: boolean | undefined;
  readonly email?: boolean | undefined;
  readonly webhookUrl?: string | undefined;
  /** What the request said of it, where a preset says the rest. */
  readonly asked?: object | undefined;
}

/** Everything about a new job but the file that it reads, which is looked up afterwards. */
export type Order = Omit<SubmitRequest, 'input' | 'fileName' | 'cover'>;

/** The file that a job reads, and what its owner calls it. */
export type InputFile = Pick<SubmitRequest, 'input' | 'fileName'>;

/** The files of an order. */
export interface OrderedFiles {
  /** The picture that goes into the result. */
  readonly cover: Cover | undefined;
  /** Ties the job to what it reads, and answers that. The order is refused with what it throws. */
  readonly tieInput: () => Promise<InputFile>;
}

/**
 * Builds an order and checks that its values go together.
 * @param of what is converted, and the job that is run again, if it is.
 * @param by who asks; the same owner and `idempotencyKey` always make the same job, else each order makes a new one. Until
 *   it is deleted: `replayed` says by which id.
 * @throws Failure INVALID_OPTION that names the field, for a value that the format cannot have.
 */
export function orderOf(
  { format, quality, options = {}, deleteAfterDownload, email, webhookUrl, asked }: Conversion,
  of: Pick<Order, 'source' | 'retryOf'>,
  by: { readonly owner: Owner; readonly traceparent: string; readonly idempotencyKey?: string | undefined },
): Order {
  const problem = findRequestProblem(format, quality, options);
  if (problem !== undefined) throw new Failure('INVALID_OPTION', { detail: { fields: [problem] } });
  const { owner, traceparent, idempotencyKey: key } = by;
  const jobId = key === undefined ? randomUUID() : idOfKey(owner.id, key);
  const conversion = { format, quality, options, deleteAfterDownload, email, webhookUrl, asked };
  return { jobId, ownerId: owner.id, ...of, ...conversion, traceparent };
}

/**
 * Stores the job, or answers the one that this very order made before. The upload is tied to it first, so that no
 * clean-up can take the bytes away in between.
 * @throws Failure MINUTES_LIMIT, JOBS_LIMIT, UPLOAD_NOT_FOUND when an upload was removed meanwhile, UPLOAD_JOBS_LIMIT,
 *   IDEMPOTENCY_KEY_REUSED as `submitJob`; SERVICE_UNAVAILABLE where its key's job was made and deleted meanwhile; what
 *   `tieInput` throws.
 */
export async function linkAndSubmit(
  deps: JobDeps,
  order: Order,
  { cover, tieInput }: OrderedFiles,
): Promise<Job> {
  const { source, jobId, ownerId } = order;
  await deps.quotas.admitMinutes(ownerId);
  await deps.quotas.holdJob(ownerId, jobId);
  let file: InputFile;
  try {
    file = await tieInput();
    if (cover !== undefined) await deps.uploads.ties.link(cover.fileId, jobId);
  } catch (error) {
    await deps.quotas.releaseJob(ownerId, jobId);
    throw error;
  }
  try {
    const made = await submitJob(deps, { ...order, ...file, cover });
    if (made !== undefined) return made.job;
    // Another request with its key made it, and somebody has deleted it since this one looked: there is no job of that id.
    await deps.quotas.releaseJob(ownerId, jobId);
    if (source.kind === 'upload') await unlinkForeign(deps, jobId, source.fileId);
    throw new Failure('SERVICE_UNAVAILABLE');
  } catch (error) {
    // Any other error leaves open whether the record was written: then the link stays, which only keeps bytes longer.
    if (error instanceof Failure && error.code === 'IDEMPOTENCY_KEY_REUSED' && source.kind === 'upload') {
      await unlinkForeign(deps, jobId, source.fileId);
    }
    throw error;
  }
}

/** The job of that id reads another upload than the one that was just linked to it. */
async function unlinkForeign({ jobs, uploads }: JobDeps, jobId: string, fileId: string): Promise<void> {
  const owner = await jobs.get(jobId);
  if (owner?.source.kind === 'upload' && owner.source.fileId === fileId) return;
  await uploads.ties.unlink(fileId, jobId);
}
