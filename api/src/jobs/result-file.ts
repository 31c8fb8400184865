/** The result of a job as a file, for those who download it and those who listen to it. */
import { Failure } from '@wavefleet/contracts/failure.ts';
import { findOutputFormat, ZIP } from '@wavefleet/contracts/formats.ts';
import type { Job, JobOutput } from '@wavefleet/contracts/job.ts';
import { resultName } from '@wavefleet/platform/storage/file-names.ts';

/** Where the result lies, and as what it is handed out. */
export interface ResultFile extends Pick<JobOutput, 'key' | 'sizeBytes' | 'sha256'> {
  readonly contentType: string;
  /** The source's name with the extension of the result. */
  readonly fileName: string;
}

/**
 * By the record alone: whether the object is still there, S3 must be asked.
 * @throws Failure JOB_NOT_READY, JOB_FAILED, OUTPUT_DELETED, OUTPUT_EXPIRED.
 */
export function resultFile(job: Job): ResultFile {
  if (job.status === 'created' || job.status === 'processing') throw new Failure('JOB_NOT_READY');
  if (job.status !== 'completed') {
    throw new Failure('JOB_FAILED', { detail: { status: job.status, code: job.error?.code ?? null } });
  }
  if (job.removedAt !== undefined) throw new Failure('OUTPUT_DELETED');
  if (job.outputS3Location === undefined) throw new Failure('OUTPUT_EXPIRED');
  const { key, sizeBytes, sha256, files } = job.outputS3Location;
  // Of a format that a newer version made, the key still tells the ending.
  const extension = key.slice(key.lastIndexOf('.') + 1);
  const format = files === undefined ? findOutputFormat(job.format) : ZIP;
  const mimeType = format?.mimeType ?? 'application/octet-stream';
  return { key, sizeBytes, sha256, contentType: mimeType, fileName: resultName(job.fileName, extension) };
}
