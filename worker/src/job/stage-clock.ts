/** How long each stage took, for the record's `timings`. */
import type { Job, Timings } from '@wavefleet/contracts/job.ts';
import type { Stage } from '@wavefleet/contracts/progress.ts';

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

  /** All in milliseconds; `queued` and `total` count from the job's creation. */
  timings(): Timings {
    const of = (stage: Stage) => this.#ms.get(stage) ?? 0;
    return {
      queued: Math.max(0, this.#claimedAtMs - this.#createdAtMs),
      download: of('download'),
      probe: of('probe'),
      convert: of('convert'),
      verify: of('verify'),
      upload: of('upload'),
      total: Math.max(0, Date.now() - this.#createdAtMs),
    };
  }
}
