/** Where a waiting job stands and when it may start: from the queue's own guess and the pace of the last jobs. */
import type { Job } from '@wavefleet/contracts/job.ts';
import type { QueueView } from '@wavefleet/contracts/progress.ts';
import { RecentMap } from '@wavefleet/platform/recent-map.ts';
import type { Look, QueueLook } from '../load/queue-look.ts';

/** Beyond this many waiting jobs the one that was asked for longest ago is forgotten. */
const REMEMBERED_JOBS = 10_000;

/** One for the process: its readers share what each job was told before. */
export class QueueForecast {
  readonly #look: QueueLook;
  readonly #lowest = new RecentMap<number>(REMEMBERED_JOBS);

  constructor(look: QueueLook) {
    this.#look = look;
  }

  /** Undefined for a job that does not wait, and while the queue does not answer. Never throws. */
  async of(job: Pick<Job, 'jobId' | 'status'>): Promise<QueueView | undefined> {
    if (job.status !== 'created') {
      this.#lowest.delete(job.jobId);
      return undefined;
    }
    const look = await this.#look.fresh();
    if (look === undefined) return undefined;
    const position = this.#lower(job.jobId, Math.max(1, look.depth.waiting));
    return { position, estimatedStartSeconds: startsInSeconds(position, look), approximate: true };
  }

  /** Who comes later stands behind: the queue may grow, the job's place does not get worse. */
  #lower(jobId: string, position: number): number {
    const lowest = Math.min(position, this.#lowest.get(jobId) ?? position);
    this.#lowest.set(jobId, lowest);
    return lowest;
  }
}

/** Jobs at work end one after the other, each freeing a place. Null when none is at work or none has ended lately. */
function startsInSeconds(position: number, { depth, medianMs }: Look): number | null {
  if (depth.inFlight === 0 || medianMs === undefined) return null;
  return Math.ceil((position * medianMs) / depth.inFlight / 1000);
}
