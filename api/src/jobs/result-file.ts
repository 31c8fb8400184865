import { Failure } from '@wavefleet/contracts/failure.ts';
import type { Job, JobOutput } from '@wavefleet/contracts/job.ts';

/** The result of a completed job. @throws Failure JOB_NOT_READY, JOB_FAILED, OUTPUT_EXPIRED. */
export function finishedOutput(job: Job): JobOutput {
  if (job.status === 'created' || job.status === 'processing') throw new Failure('JOB_NOT_READY');
  if (job.status !== 'completed') {
    throw new Failure('JOB_FAILED', { detail: { status: job.status, code: job.error?.code ?? null } });
  }
  if (job.outputS3Location === undefined) throw new Failure('OUTPUT_EXPIRED');
  return job.outputS3Location;
}
