/** Where a waiting job stands and when it may start: from the queue's own guess and the pace of the last jobs. */
import type { Job } from '@wavefleet/contracts/job.ts';
import type { QueueView } from '@wavefleet/contracts/progress.ts';
import type { JobQueue, QueueDepth } from '@wavefleet/platform/jobs/queue.ts';
import type { JobPace } from '@wavefleet/platform/progress/pace.ts';

/** All readers of this process share one look for this long; SQS's figures are no fresher. */
const FRESH_MS = 3_000;
/** Nobody waits longer for a guess. */
const LOOK_TIMEOUT_MS = 1_000;
/** Beyond this many waiting jobs the one that was asked for longest ago is forgotten. */
const REMEMBERED_JOBS = 10_000;

interface Look {
  readonly depth: QueueDepth;
  readonly medianMs: number | undefined;
}

/** One for the process: its readers share the looks at the queue, and what each job was told before. */
export class QueueForecast {
  readonly #queue: Pick<JobQueue, 'depth'>;
  readonly #pace: Pick<JobPace, 'medianMs'>;
  readonly #now: () => number;
  readonly #lowest = new Map<string, number>();
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

  /** Undefined for a job that does not wait, and while the queue does not answer. Never throws. */
  async of(job: Pick<Job, 'jobId' | 'status'>): Promise<QueueView | undefined> {
    if (job.status !== 'created') {
      this.#lowest.delete(job.jobId);
      return undefined;
    }
    const look = await this.#freshLook();
    if (look === undefined) return undefined;
    const position = this.#lower(job.jobId, Math.max(1, look.depth.waiting));
    return { position, estimatedStartSeconds: startsInSeconds(position, look), approximate: true };
  }

  /** Who comes later stands behind: the queue may grow, the job's place does not get worse. */
  #lower(jobId: string, position: number): number {
    const lowest = Math.min(position, this.#lowest.get(jobId) ?? position);
    this.#lowest.delete(jobId);
    this.#lowest.set(jobId, lowest);
    if (this.#lowest.size > REMEMBERED_JOBS) {
      const [oldest] = this.#lowest.keys();
      if (oldest !== undefined) this.#lowest.delete(oldest);
    }
    return lowest;
  }

  #freshLook(): Promise<Look | undefined> {
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

/** Jobs at work end one after the other, each freeing a place. Null when none is at work or none has ended lately. */
function startsInSeconds(position: number, { depth, medianMs }: Look): number | null {
  if (depth.inFlight === 0 || medianMs === undefined) return null;
  return Math.ceil((position * medianMs) / depth.inFlight / 1000);
}
