/** The complete stage: the one update that makes the result the job's. */

import type { Job } from '@wavefleet/contracts/job.ts';
import { uploadKeptUntil } from '@wavefleet/platform/jobs/keeping.ts';
import type { Adopted } from '../adoption.ts';
import type { ClaimedJob } from '../context.ts';
import { previewsUntil } from './preview.ts';

/** How a job ended that has a result, made now or before. */
export interface Completion extends Adopted {
  /** Whether the source is at hand, from which previews are made. */
  readonly hasSource: boolean;
}

/** @returns the final record, or undefined when another attempt won: then what this one stored is deleted. */
export async function completeJob(
  { platform, claim, job, log, commit, stored }: ClaimedJob,
  { output, warnings, loudness, input, timings, hasSource }: Completion,
): Promise<Job | undefined> {
  const completed = await commit(() =>
    platform.transitions.finish(claim, {
      status: 'completed',
      output,
      warnings,
      loudness,
      input,
      timings,
      uploadKeptUntil: uploadKeptUntil(job, platform.config, Date.now()),
      previewsUntil: hasSource ? previewsUntil(job, input) : undefined,
    }),
  );
  if (completed === undefined) {
    log.say('job.superseded', { bucket: output.bucket, key: output.key });
    return undefined;
  }
  stored.committed();
  log.say('job.completed', {
    bucket: output.bucket,
    key: output.key,
    sizeBytes: output.sizeBytes,
    durationSeconds: output.durationSeconds,
    warnings: warnings.map(({ code }) => code),
    timings,
    totalMs: timings.total,
    table: platform.config.JOBS_TABLE,
  });
  void platform.pace.note(timings.total - timings.queued);
  return completed;
}
