/**
 * The records of jobs that are asked for over and over. Ten looks at a job are looks at its record, and then one a
 * second: what is asked in between gets what was read last, unless Redis says that the job has moved on.
 */
import { Failure } from '@wavefleet/contracts/failure.ts';
import { isOwnedBy, type Job } from '@wavefleet/contracts/job.ts';
import { isTerminal } from '@wavefleet/contracts/states.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import { RecentMap } from '@wavefleet/platform/recent-map.ts';

/** Looks that are free at once; one more each second. */
const BURST = 10;
const REMEMBERED_JOBS = 2_000;

interface Remembered {
  readonly job: Job;
  /** Reads that may still be made, as of `atMs`. */
  readonly reads: number;
  /** Monotonic ms. */
  readonly atMs: number;
}

/** One for the process. */
export class RecentRecords {
  readonly #jobs: Pick<Platform['jobs'], 'getOwned'>;
  readonly #progress: Pick<Platform['progress'], 'readRedis'>;
  readonly #known = new RecentMap<Remembered>(REMEMBERED_JOBS);
  readonly #reading = new Map<string, Promise<Job>>();
  readonly #now: () => number;

  /** @param now monotonic ms. */
  constructor(
    { jobs, progress }: Pick<Platform, 'progress'> & { readonly jobs: Pick<Platform['jobs'], 'getOwned'> },
    now: () => number = () => performance.now(),
  ) {
    this.#jobs = jobs;
    this.#progress = progress;
    this.#now = now;
  }

  /** As `JobStore.getOwned`. @throws Failure JOB_NOT_FOUND, also for a foreign job. SDK errors. */
  async getOwned(jobId: string, ownerId: string): Promise<Job> {
    const known = this.#known.get(jobId);
    if (known === undefined || this.#readsOf(known) >= 1 || (await this.#hasMoved(known.job)))
      return await this.#read(jobId, ownerId);
    if (!isOwnedBy(known.job, ownerId)) throw new Failure('JOB_NOT_FOUND');
    return known.job;
  }

  /** This process has changed it. */
  forget(jobId: string): void {
    this.#known.delete(jobId);
  }

  #readsOf({ reads, atMs }: Remembered): number {
    return Math.min(BURST, reads + (this.#now() - atMs) / 1000);
  }

  async #hasMoved({ jobId, status, attempt }: Job): Promise<boolean> {
    if (isTerminal(status)) return false;
    const held = await this.#progress.readRedis(jobId);
    return held !== undefined && ('endedAt' in held || held.attempt > attempt);
  }

  /** Those who ask together share one read. */
  async #read(jobId: string, ownerId: string): Promise<Job> {
    const key = `${jobId} ${ownerId}`;
    const underWay = this.#reading.get(key);
    if (underWay !== undefined) return await underWay;
    const known = this.#known.get(jobId);
    const reads = Math.max(0, (known === undefined ? BURST : this.#readsOf(known)) - 1);
    const reading = this.#jobs.getOwned(jobId, ownerId).finally(() => this.#reading.delete(key));
    this.#reading.set(key, reading);
    const job = await reading;
    this.#known.set(jobId, { job, reads, atMs: this.#now() });
    return job;
  }
}
