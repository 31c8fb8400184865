/** The complete stage: the one update that makes the result the job's. */

import type { ProbedSource } from '@wavefleet/audio/probing/source.ts';
import type { Job, JobOutput, Timings } from '@wavefleet/contracts/job.ts';
import type { JobContext } from '../context.ts';
import { previewsUntil } from './preview.ts';
import type { VerifiedOutput } from './verify.ts';

/** @returns the final record, or undefined when another attempt won: then this attempt's object is deleted. */
export async function completeJob(
  { platform, claim, job, log }: JobContext,
  { facts: input }: ProbedSource,
  { warnings, loudness }: VerifiedOutput,
  output: JobOutput,
  timings: Timings,
): Promise<Job | undefined> {
  const completed = await platform.transitions.finish(claim, {
    status: 'completed',
    output,
    warnings,
    loudness,
    input,
    timings,
    previewsUntil: previewsUntil(job, input),
  });
  if (completed === undefined) {
    const { bucket, key } = output;
    await platform.objects.remove([key]);
    log.say('job.superseded', { bucket, key });
    return undefined;
  }
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
