/** Stage 7: the one update that makes the result the job's. */
import type { InputFacts, Job, JobOutput, Previews, Timings, Warning } from '@wavefleet/contracts/job.ts';
import { eventFor } from '@wavefleet/platform/jobs/events.ts';
import type { JobContext } from '../context.ts';

/** @returns the final record, or undefined when another attempt won: then this attempt's object is deleted. */
export async function completeJob(
  { platform, claim, job, log }: JobContext,
  result: {
    output: JobOutput;
    previews: Previews | undefined;
    warnings: Warning[];
    input: InputFacts;
    timings: Timings;
  },
): Promise<Job | undefined> {
  const { previews, ...rest } = result;
  const completed = await platform.transitions.finish(
    claim,
    { status: 'completed', ...rest, ...(previews === undefined ? {} : { previews }) },
    eventFor(job, 'completed', { outputKey: result.output.key }),
  );
  if (completed === undefined) {
    log.warn('the job was cancelled or finished elsewhere: this attempt’s result is dropped');
    const made = [result.output, previews?.source, previews?.result];
    await platform.objects.remove([...new Set(made.flatMap((object) => object?.key ?? []))]);
    return undefined;
  }
  log.info({ timings: result.timings }, 'job completed');
  void platform.pace.note(result.timings.total - result.timings.queued);
  return completed;
}
