/** The complete stage: the one update that makes the result the job's. */
import type { Job, JobOutput, Timings } from '@wavefleet/contracts/job.ts';
import type { ProbedSource } from '../../ffmpeg/probing/source.ts';
import type { JobContext } from '../context.ts';
import { previewsUntil } from './preview.ts';
import type { VerifiedOutput } from './verify.ts';

/** @returns the final record, or undefined when another attempt won: then this attempt's object is deleted. */
export async function completeJob(
  { platform, claim, job, log }: JobContext,
  { facts: input }: ProbedSource,
  { warnings }: VerifiedOutput,
  output: JobOutput,
  timings: Timings,
): Promise<Job | undefined> {
  const completed = await platform.transitions.finish(claim, {
    status: 'completed',
    output,
    warnings,
    input,
    timings,
    previewsUntil: previewsUntil(job, input),
  });
  if (completed === undefined) {
    log.warn('the job was cancelled or finished elsewhere: this attempt’s result is dropped');
    await platform.objects.remove([output.key]);
    return undefined;
  }
  log.info({ timings }, 'job completed');
  void platform.pace.note(timings.total - timings.queued);
  return completed;
}
