/** A job as its owner sees it, and where it can be reached. */
import type { JobView, Submitted } from '@wavefleet/contracts/http.ts';
import type { Job } from '@wavefleet/contracts/job.ts';

function linksOf(jobId: string): JobView['links'] {
  return {
    self: `/api/jobs/${jobId}`,
    progress: `/api/progress?jobId=${jobId}`,
    events: `/api/jobs/${jobId}/events`,
    download: `/api/download?jobId=${jobId}`,
  };
}

/** Leaves out leases, outbox, reminders and where things lie in S3. */
export function jobView(job: Job): JobView {
  const output = job.outputS3Location;
  return {
    jobId: job.jobId,
    status: job.status,
    createdAt: job.createdAt,
    updatedAt: job.updatedAt,
    source: job.source.kind,
    fileName: job.fileName,
    inputSizeBytes: job.inputS3Location.sizeBytes,
    ...(job.input === undefined ? {} : { input: job.input }),
    format: job.format,
    ...(job.quality === undefined ? {} : { quality: job.quality }),
    options: job.options,
    attempt: job.attempt,
    ...(job.retryOf === undefined ? {} : { retryOf: job.retryOf }),
    ...(output === undefined
      ? {}
      : {
          output: {
            sizeBytes: output.sizeBytes,
            sha256: output.sha256,
            durationSeconds: output.durationSeconds,
            sampleRate: output.sampleRate,
            channels: output.channels,
            codec: output.codec,
          },
        }),
    ...(job.error === undefined ? {} : { error: job.error }),
    warnings: job.warnings,
    ...(job.timings === undefined ? {} : { timings: job.timings }),
    links: linksOf(job.jobId),
  };
}

/** The answer to a submission. From the record alone, so that every replay gets the same bytes. */
export function submittedView(job: Job): Submitted {
  return { jobId: job.jobId, status: 'created', createdAt: job.createdAt, links: linksOf(job.jobId) };
}
