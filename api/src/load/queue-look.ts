/** One look at the jobs queue and at the pace of the last jobs, shared by all who ask this process. */
import type { QueueDepth } from '@wavefleet/platform/aws/messages.ts';
import type { JobQueue } from '@wavefleet/platform/jobs/queue.ts';
import type { JobPace } from '@wavefleet/platform/progress/pace.ts';

/** SQS's figures are no fresher. */
const FRESH_MS = 3_000;
/** Nobody waits longer for a guess. */
const LOOK_TIMEOUT_MS = 1_000;

export interface Look {
  readonly depth: QueueDepth;
  /** How long the last jobs took, in ms; undefined when none has ended lately. */
  readonly medianMs: number | undefined;
}

export class QueueLook {
  readonly #queue: Pick<JobQueue, 'depth'>;
  readonly #pace: Pick<JobPace, 'medianMs'>;
  readonly #now: () => number;
  #look: Promise<Look | undefined> = Promise.resolve(undefined);
  #staleAtMs = Number.NEGATIVE_INFINITY;

  /** @param now monotonic ms. */
  constructor(
    queue: Pick<JobQueue, 'depth'>,
    pace: Pick<JobPace, 'medianMs'>,
    now: () => number = () => performance.now(),
  ) {
    this.#queue = queue;
    this.#pace = pace;
    this.#now = now;
  }

  /** At most 3 s old; undefined while the queue does not answer. Never throws. */
  fresh(): Promise<Look | undefined> {
    if (this.#now() >= this.#staleAtMs) {
      this.#staleAtMs = this.#now() + FRESH_MS;
      this.#look = Promise.all([
        this.#queue.depth(AbortSignal.timeout(LOOK_TIMEOUT_MS)),
        this.#pace.medianMs(),
      ]).then(
        ([depth, medianMs]) => ({ depth, medianMs }),
        () => undefined,
      );
    }
    return this.#look;
  }
}
