/**
 * One look at a job for who asks how far it is: Redis first. What a worker has just said is shown without a question to
 * DynamoDB, which may be slow, frozen or away; whether the job has ended is nobody's word but the record's.
 */
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { Job } from '@wavefleet/contracts/job.ts';
import type { ProgressReport } from '@wavefleet/contracts/progress.ts';
import { isTerminal } from '@wavefleet/contracts/states.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import { RecentMap } from '@wavefleet/platform/recent-map.ts';
import type { RecentRecords } from '../jobs/recent-records.ts';

/** A worker that lives reports at least every second. */
const FRESH_MS = 2_500;
/** Redis may lose the word that a job has ended while its worker goes on: the record is looked at so often all the same. */
const LONGEST_TRUST_MS = 10_000;
/** For the record, while there is a report to show instead. */
const PATIENCE_MS = 1_000;
const REMEMBERED_JOBS = 10_000;

/** What of a record is shown with its progress. */
export type ShownJob = Pick<Job, 'jobId' | 'status' | 'attempt' | 'updatedAt'> &
  Partial<Pick<Job, 'createdAt' | 'outputS3Location' | 'error' | 'timings'>>;

/** What one look has found. */
export interface Sight {
  readonly job: ShownJob;
  /** The newest report; undefined when there is none, and for a job that has ended. */
  readonly report: ProgressReport | undefined;
}

/** One for the process: polls and streams share what it knows of the records. */
export class JobLook {
  readonly #jobs: Pick<RecentRecords, 'getOwned'>;
  readonly #progress: Pick<Platform['progress'], 'readRedis' | 'readTable'>;
  /** When the record was last read, or the job first seen: monotonic ms. */
  readonly #lookedAt = new RecentMap<number>(REMEMBERED_JOBS);
  /** At most one read of a record is waited for, however many ask while DynamoDB hangs. */
  readonly #reading = new Map<string, Promise<Job>>();

  constructor({ records, progress }: Pick<Platform, 'progress'> & { readonly records: RecentRecords }) {
    this.#jobs = records;
    this.#progress = progress;
  }

  /**
   * @param recordFirst for who has reason to believe that the job has ended. Default: a fresh report is enough.
   * @throws Failure JOB_NOT_FOUND, for a foreign job as for one that is not there; SDK errors, when the record cannot
   *   be read and Redis knows no report of the owner's.
   */
  async at(jobId: string, ownerId: string, { recordFirst = false } = {}): Promise<Sight> {
    const held = await this.#progress.readRedis(jobId);
    const report = held === undefined || 'endedAt' in held ? undefined : held;
    // Somebody else's report takes the way of an unknown job, whatever DynamoDB does meanwhile.
    const own = report?.ownerId === ownerId ? report : undefined;
    if (own !== undefined && !recordFirst && this.#isTrusted(own)) return alive(own);
    try {
      const job = await (own === undefined
        ? this.#jobs.getOwned(jobId, ownerId)
        : within(PATIENCE_MS, this.#read(own, ownerId)));
      this.#lookedAt.set(jobId, performance.now());
      if (isTerminal(job.status)) return { job, report: undefined };
      // A job that waits has had no worker yet who could have written any.
      const isWaiting = report === undefined && job.status === 'created';
      return { job, report: isWaiting ? undefined : (report ?? (await this.#progress.readTable(jobId))) };
    } catch (error) {
      if (own === undefined || error instanceof Failure) throw error;
      return alive(own);
    }
  }

  #isTrusted({ jobId, updatedAt }: ProgressReport): boolean {
    if (Date.now() - Date.parse(updatedAt) > FRESH_MS) return false;
    const now = performance.now();
    const lookedAt = this.#lookedAt.get(jobId);
    if (lookedAt === undefined) this.#lookedAt.set(jobId, now);
    return now - (lookedAt ?? now) < LONGEST_TRUST_MS;
  }

  #read({ jobId }: ProgressReport, ownerId: string): Promise<Job> {
    const underWay = this.#reading.get(jobId);
    if (underWay !== undefined) return underWay;
    const reading = this.#jobs.getOwned(jobId, ownerId).finally(() => this.#reading.delete(jobId));
    this.#reading.set(jobId, reading);
    return reading;
  }
}

/** A job as its worker's own report has it: at work, or there would be none. */
function alive(report: ProgressReport): Sight {
  const { jobId, attempt, updatedAt } = report;
  return { job: { jobId, status: 'processing', attempt, updatedAt }, report };
}

/** The call goes on when nobody waits for it any more: the breaker must learn how it ends. */
async function within<T>(ms: number, call: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  call.catch(() => undefined);
  return await Promise.race([call, late]).finally(() => clearTimeout(timer));
}
