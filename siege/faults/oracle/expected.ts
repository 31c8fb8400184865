/** What a case says must have become of its jobs. */
import type { ErrorCode } from '@wavefleet/contracts/error-codes.ts';
import type { ModelOptions } from '../history/model.ts';
import type { Accepted } from '../rig/load.ts';

export interface Expected {
  readonly jobs: readonly Accepted[];
  /** Attempts beyond the first, of all jobs together, that the fault explains. Default 0. */
  readonly extraAttempts?: number;
  /** And of any one job. Default 1: what the fault explains is the trouble of several. */
  readonly extraAttemptsOfJob?: number;
  /** Jobs that end as failed, by their own fault alone, and how. Default: all complete. */
  readonly failures?: ReadonlyMap<string, ErrorCode>;
  /** Jobs that end as cancelled, or may. */
  readonly cancelled?: ReadonlySet<string>;
  /** Messages that are put aside. Default 0. */
  readonly deadLetters?: number;
  /** From the end of the fault to the end of the last job, beside the time that the jobs take. Default 15 s. */
  readonly endWithinMs?: number;
  readonly model?: ModelOptions;
  /** What was measured meanwhile, in words: printed beside the verdict. */
  readonly figures?: readonly string[];
}

/**
 * Queues drain within 15 s of the last service's return; the jobs themselves take their time.
 * @param msPerJob what a job takes on this machine when nothing is wrong.
 */
export const endWithinMs = ({ jobs, endWithinMs: given = 15_000 }: Expected, msPerJob: number): number =>
  given + jobs.length * msPerJob * 2;
