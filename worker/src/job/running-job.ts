/** Work on a job while it runs, as the draining worker sees it. */
import type { Lease } from './lease.ts';
import type { ProgressReporter } from './progress/progress-reporter.ts';

export interface RunningJob {
  readonly jobId: string;
  readonly lease: Lease;
  readonly progress: Pick<ProgressReporter, 'secondsLeft'>;
}
