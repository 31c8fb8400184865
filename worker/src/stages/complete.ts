/** Stage 7: the one update that makes the result the job's. */
import type { InputFacts, Job, JobOutput, Timings, Warning } from '@wavefleet/contracts/job.ts';
import { eventFor } from '@wavefleet/platform/event-bus.ts';
import type { JobContext } from '../job-context.ts';

/** @returns the final record, or undefined when another attempt won: then this attempt's object is deleted. */
export async function completeJob(
  { platform, claim, job, log }: JobContext,
  result: { output: JobOutput; warnings: Warning[]; input: InputFacts; timings: Timings },
): Promise<Job | undefined> {
  const completed = await platform.transitions.finish(
    claim,
    { status: 'completed', ...result },
    eventFor(job, 'completed', { outputKey: result.output.key }),
  );
  if (completed === undefined) {
    log.warn('the job was cancelled or finished elsewhere: this attempt’s result is dropped');
    await platform.objects.remove([result.output.key]);
    return undefined;
  }
  log.info({ timings: result.timings }, 'job completed');
  return completed;
}
