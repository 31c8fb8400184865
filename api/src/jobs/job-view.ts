/** A job as its owner sees it, and where it can be reached. */
import { findOutputFormat } from '@wavefleet/contracts/formats.ts';
import type { JobView, Playback, Submitted } from '@wavefleet/contracts/http.ts';
import { orderSchema } from '@wavefleet/contracts/job.ts';
import type { HistoryJob } from '@wavefleet/contracts/job-history.ts';
import { playableMimeType } from '@wavefleet/contracts/playback.ts';
import type { QueueView } from '@wavefleet/contracts/progress.ts';
import { suggestFix } from '@wavefleet/contracts/suggest-fix.ts';

function linksOf(jobId: string): JobView['links'] {
  return {
    self: `/api/jobs/${jobId}`,
    progress: `/api/progress?jobId=${jobId}`,
    events: `/api/jobs/${jobId}/events`,
    download: `/api/download?jobId=${jobId}`,
    audio: `/api/jobs/${jobId}/audio`,
  };
}

/** Leaves out leases, outbox, reminders and where things lie in S3. @param queue where a waiting job stands. */
export function jobView(job: HistoryJob, queue?: QueueView): JobView {
  const output = job.outputS3Location;
  return {
    jobId: job.jobId,
    status: job.status,
    createdAt: job.createdAt,
    updatedAt: job.updatedAt,
    source: job.source.kind,
    fileId: job.source.kind === 'upload' ? job.source.fileId : undefined,
    fileName: job.fileName,
    inputSizeBytes: job.inputS3Location.sizeBytes,
    input: job.input,
    format: job.format,
    quality: job.quality,
    options: job.options,
    attempt: job.attempt,
    retryOf: job.retryOf,
    output: output && {
      sizeBytes: output.sizeBytes,
      sha256: output.sha256,
      durationSeconds: output.durationSeconds,
      sampleRate: output.sampleRate,
      channels: output.channels,
      codec: output.codec,
      files: output.files,
    },
    error: job.error,
    fix: fixOf(job),
    warnings: job.warnings,
    loudness: job.loudness,
    timings: job.timings,
    deleteAfterDownload: job.deleteAfterDownload,
    uploadKeptUntil: keptUntilOf(job),
    removedAt: job.removedAt,
    queue,
    playback: { source: sourcePlayback(job), result: resultPlayback(job) },
    links: linksOf(job.jobId),
  };
}

function keptUntilOf({ uploadKeptUntil }: HistoryJob): string | undefined {
  return uploadKeptUntil === undefined ? undefined : new Date(uploadKeptUntil).toISOString();
}

/** What a newer version was asked for is not ours to mend. */
function fixOf(job: HistoryJob) {
  const order = orderSchema.safeParse(job);
  return order.success ? suggestFix({ ...job, ...order.data }) : undefined;
}

/** Nothing is known of a source before it was probed. */
export function sourcePlayback(job: HistoryJob): Playback {
  if (job.removedAt !== undefined) return 'none';
  const isKept = (job.uploadKeptUntil ?? Number.POSITIVE_INFINITY) > Date.now();
  if (isKept && job.input !== undefined && playableMimeType(job.input) !== undefined) return 'file';
  return job.previews?.source === undefined ? previewless(job) : 'preview';
}

/** Previews come after the result, if their worker lives. */
function previewless({ previewsUntil = 0 }: HistoryJob): Playback {
  return previewsUntil > Date.now() ? 'pending' : 'none';
}

/** As the source: the file where browsers play its format, else what was made of its beginning. */
export function resultPlayback(job: HistoryJob): Playback {
  if (job.outputS3Location === undefined || job.removedAt !== undefined) return 'none';
  if (job.outputS3Location.files !== undefined) return 'none';
  if (findOutputFormat(job.format)?.browserPlayable === true) return 'file';
  return job.previews?.result === undefined ? previewless(job) : 'preview';
}

/** The answer to a submission. From the record alone, so that every replay gets the same bytes. */
export function submittedView(job: HistoryJob): Submitted {
  return { jobId: job.jobId, status: 'created', createdAt: job.createdAt, links: linksOf(job.jobId) };
}
