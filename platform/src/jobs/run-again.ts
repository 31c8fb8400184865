/** A job that is over once more, as it was: a new job that names the old one, since what is terminal never changes. */
import { Failure } from '@wavefleet/contracts/failure.ts';
import { type Job, orderSchema } from '@wavefleet/contracts/job.ts';
import type { UploadStore } from '../uploads/uploads.ts';
import { derivedJobId } from './ids.ts';
import { type SubmitDeps, submitJob } from './submit.ts';

/**
 * Answers the new job. Asked again, it answers the same one, until that is deleted.
 * @throws Failure UPLOAD_NOT_FOUND when the file is gone; SERVICE_UNAVAILABLE when the job was deleted in this very moment. ZodError for an order that only newer versions read.
 */
export async function runAgain(
  deps: SubmitDeps & { readonly uploads: Pick<UploadStore, 'ties'> },
  old: Job,
): Promise<Job> {
  const { source, ownerId, fileName, cover, deleteAfterDownload, email, webhookUrl } = old;
  const input = old.inputS3Location;
  const { jobId } = await deps.jobs.madeBy(derivedJobId('again', old.jobId));
  if (cover !== undefined) await deps.uploads.ties.link(cover.fileId, jobId);
  if (source.kind === 'upload') await deps.uploads.ties.link(source.fileId, jobId);
  const { format, quality, options } = orderSchema.parse(old);
  const asked = { format, quality, options, deleteAfterDownload, email, webhookUrl, retryOf: old.jobId };
  const made = await submitJob(deps, { jobId, ownerId, source, input, fileName, cover, ...asked });
  if (made === undefined) throw new Failure('SERVICE_UNAVAILABLE');
  return made.job;
}
