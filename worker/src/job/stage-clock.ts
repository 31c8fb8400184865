/** How long each stage took, for the record's `timings`. */
import type { Job, Timings } from '@wavefleet/contracts/job.ts';
import type { Stage } from '@wavefleet/contracts/stages.ts';

export class StageClock {
  readonly #ms = new Map<Stage, number>();
  readonly #createdAtMs: number;
  readonly #claimedAtMs = Date.now();

  constructor(job: Pick<Job, 'createdAt'>) {
    this.#createdAtMs = Date.parse(job.createdAt);
  }

  async time<T>(stage: Stage, work: () => Promise<T>): Promise<T> {
    const startedAtMs = performance.now();
    try {
      return await work();
    } finally {
      this.#ms.set(stage, Math.round(performance.now() - startedAtMs));
    }
  }

  /** All in milliseconds: the stages that have run, and `queued` and `total` from the job's creation. */
  timings(): Timings {
    return {
      queued: Math.max(0, this.#claimedAtMs - this.#createdAtMs),
      ...Object.fromEntries(this.#ms),
      total: Math.max(0, Date.now() - this.#createdAtMs),
    };
  }
}
