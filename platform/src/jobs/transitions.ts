/**
 * Every change of a job's state: one conditional UpdateItem on one item each. The condition carries the
 * state machine (`sourcesOf`) and, for a worker, the fencing token: `attempt = mine AND status = processing`.
 * What the world should hear of a change is appended to the job's outbox by the very same update.
 */
import type { ErrorCode } from '@wavefleet/contracts/error-codes.ts';
import { newsOf } from '@wavefleet/contracts/events.ts';
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { Job, JobError, Previews } from '@wavefleet/contracts/job.ts';
import { sourcesOf } from '@wavefleet/contracts/states.ts';
import { isUnwritable } from '../aws/errors.ts';
import { GRACE_MS, type JobChange, STATUS, statusIn, updateJob } from './change.ts';
import { type Claim, type Claimant, type ClaimResult, claimJob, type RecordAccess } from './claim.ts';
import { type Ending, endingChange, withoutTexts } from './ending.ts';
import { endingShardOf } from './ids.ts';
import { appended } from './outbox.ts';

/** What a recorded failure counts against a job; what is undefined stays as it is. */
export interface RetryCounts {
  readonly retries?: number | undefined;
  readonly retriesBy?: Readonly<Record<string, number>> | undefined;
  readonly troubledSince?: number | undefined;
  readonly troubledAt?: number | undefined;
}

const LEASE = { '#lease': 'lease', '#owner': 'owner' };
const mineCondition = 'attempt = :attempt AND #status = :processing AND #lease.#owner = :owner';

/**
 * Who takes the crash of an attempt back says so in the record, and nobody does it a second time: a call whose answer
 * was lost may have been done, or be done later, when another attempt is under way already.
 */
const ABSOLVED = 'absolved :attempts';
const absolving = ({ attempt }: Claim) => ({ ':one': 1, ':attempts': new Set([attempt]) });

export class JobTransitions {
  readonly #open: RecordAccess;
  readonly #held: RecordAccess;
  readonly #skewMs: number;

  /**
   * @param ways.open for whoever wants something of a job that is not theirs: claims, cancels, previews.
   * @param ways.held for the holder's beats and commits: with short timeouts, and behind no breaker, since the work of
   *   hours hangs on them and there is one for each job at the most.
   * @param skewMs how far the clocks of two workers may be apart: a lease counts as over only so long after its end.
   */
  constructor(ways: { readonly open: RecordAccess; readonly held: RecordAccess }, skewMs: number) {
    this.#open = ways.open;
    this.#held = ways.held;
    this.#skewMs = skewMs;
  }

  /** See `claim.ts`. @throws SDK errors. */
  async claim(jobId: string, claimant: Claimant, now = Date.now()): Promise<ClaimResult> {
    return await claimJob(this.#open, jobId, claimant, { skewMs: this.#skewMs, now });
  }

  /** The record, read consistently by the way of holders. @throws SDK errors. */
  async look(jobId: string): Promise<Job | undefined> {
    return await this.#held.jobs.get(jobId);
  }

  /** Prolongs the lease. Answers false when the claim is no longer mine: the job must stop at once. */
  async beat(claim: Claim, leaseMs: number): Promise<boolean> {
    const until = Date.now() + leaseMs;
    const job = await this.#updateMine(claim, {
      set: '#lease.#until = :until, dueAt = :dueAt',
      touches: false,
      names: { '#until': 'until' },
      values: { ':until': until, ':dueAt': until + this.#skewMs + GRACE_MS },
    });
    return job !== undefined;
  }

  /**
   * Ends the job. Answers the final record, or undefined when the claim was lost: then the caller deletes what it
   * stored and does nothing else. The reminder stays where the last beat put it: the news go out in a moment, and what
   * takes the reminder away then is one write to the index instead of two.
   *
   * An end that the table refuses is written without the texts that a stranger's file brought along.
   * @throws SDK errors; Failure RECORD_REFUSED when that is refused as well.
   */
  async finish(claim: Claim, ending: Ending): Promise<Job | undefined> {
    return await this.#end(claim, ending).catch(async (error: unknown) => {
      if (!isUnwritable(error)) throw error;
      return await this.#end(claim, withoutTexts(ending)).catch((again: unknown) => {
        throw isUnwritable(again) ? new Failure('RECORD_REFUSED', { cause: again }) : again;
      });
    });
  }

  async #end(claim: Claim, ending: Ending): Promise<Job | undefined> {
    const extra = endingChange(ending);
    const news = appended(newsOf(claim.jobId, ending.status, claim.attempt));
    const job = await this.#updateMine(claim, {
      set: `#status = :to, crashes = crashes - :one, ${news.set}${extra.set}`,
      remove: '#lease',
      names: extra.names,
      values: {
        ...extra.values,
        ...news.values,
        ':to': ending.status,
        ':one': 1,
      },
    });
    return job ?? (await this.#settled(claim, ({ status }) => status === ending.status));
  }

  /** Hands the job back untouched (shutdown): no crash, no retry counted. False when it was not mine any more. */
  async release(claim: Claim): Promise<boolean> {
    const job = await this.#updateMine(claim, {
      set: 'crashes = crashes - :one, dueAt = :dueAt',
      remove: '#lease',
      add: ABSOLVED,
      values: { ...absolving(claim), ':dueAt': Date.now() + GRACE_MS },
    });
    return (job ?? (await this.#settled(claim, isLetGo))) !== undefined;
  }

  /**
   * Takes back the crash that this claim counted when somebody else has the job already: its worker is alive, and only
   * could not say in time that it let go. Once, however often it is asked.
   */
  async absolve(claim: Claim): Promise<void> {
    const change: JobChange = {
      set: 'crashes = crashes - :one',
      add: ABSOLVED,
      touches: false,
      condition:
        '#status = :processing AND attempt > :attempt AND crashes > :zero AND NOT contains(absolved, :attempt)',
      names: STATUS,
      values: {
        ...absolving(claim),
        ':zero': 0,
        ':attempt': claim.attempt,
        ':processing': 'processing',
      },
    };
    await this.#update(claim.jobId, change, this.#held);
  }

  /**
   * Records a transient failure and lets go of the job; it is due again after `delayMs`. Answers the job, or undefined
   * when it was not mine any more.
   */
  async retryLater(
    claim: Claim,
    delayMs: number,
    errorCode: ErrorCode,
    counts: RetryCounts,
  ): Promise<Job | undefined> {
    const news = appended(newsOf(claim.jobId, 'retrying', claim.attempt, { errorCode }));
    const notBefore = Date.now() + delayMs;
    const known = Object.entries(counts).filter(([, value]) => value !== undefined);
    const job = await this.#updateMine(claim, {
      set: `crashes = crashes - :one, notBefore = :notBefore, dueAt = :dueAt, ${news.set}${known.map(([name]) => `, ${name} = :${name}`).join('')}`,
      remove: '#lease',
      add: ABSOLVED,
      values: {
        ...news.values,
        ...Object.fromEntries(known.map(([name, value]) => [`:${name}`, value])),
        ...absolving(claim),
        ':notBefore': notBefore,
        ':dueAt': notBefore + GRACE_MS,
      },
    });
    return job ?? (await this.#settled(claim, isLetGo));
  }

  /** Cancels an active job. Undefined when it was terminal (or gone) first. */
  async cancel(jobId: string): Promise<Job | undefined> {
    const from = statusIn(sourcesOf('cancelled'));
    const news = appended(newsOf(jobId, 'cancelled', undefined));
    return await this.#update(jobId, {
      set: `#status = :to, dueShard = :shard, dueAt = :dueAt, ${news.set}`,
      remove: '#lease',
      condition: from.condition,
      names: { ...STATUS, '#lease': 'lease' },
      values: {
        ...from.values,
        ...news.values,
        ':to': 'cancelled',
        ':shard': endingShardOf(jobId),
        ':dueAt': Date.now() + GRACE_MS * 5,
      },
    });
  }

  /**
   * Fails a job that nobody has, now: no worker could take it. Due at once, for the sweeper to tell. Undefined when it
   * was terminal (or gone) first, or somebody holds a live lease.
   */
  async giveUp(jobId: string, error: JobError, now = Date.now()): Promise<Job | undefined> {
    const from = statusIn(sourcesOf('failed'));
    const news = appended(newsOf(jobId, 'failed', undefined));
    return await this.#update(jobId, {
      set: `#status = :to, #error = :error, dueShard = :shard, dueAt = :now, ${news.set}`,
      remove: '#lease',
      condition: `${from.condition} AND (attribute_not_exists(#lease) OR #lease.#until < :over)`,
      names: { ...STATUS, '#lease': 'lease', '#until': 'until', '#error': 'error' },
      values: {
        ...from.values,
        ...news.values,
        ':to': 'failed',
        ':error': error,
        ':shard': endingShardOf(jobId),
        ':now': now,
        ':over': now - this.#skewMs,
      },
    });
  }

  /**
   * Adds the previews that were made after the job was completed; undefined when none could be. Answers false when
   * the job is gone, or what is stored of it: then the previews are nobody's.
   */
  async previewsMade({ jobId, attempt }: Claim, previews: Previews | undefined): Promise<boolean> {
    const job = await this.#update(jobId, {
      set: previews === undefined ? undefined : 'previews = :previews',
      remove: 'previewsUntil',
      condition: 'attempt = :attempt AND #status = :completed AND attribute_not_exists(removedAt)',
      names: STATUS,
      values: {
        ':attempt': attempt,
        ':completed': 'completed',
        ...(previews === undefined ? {} : { ':previews': previews }),
      },
    });
    return job !== undefined;
  }

  /** The condition failed: was it because an earlier try of this very update did get through? */
  async #settled(claim: Claim, isDone: (job: Job) => boolean): Promise<Job | undefined> {
    const job = await this.look(claim.jobId);
    return job?.attempt === claim.attempt && isDone(job) ? job : undefined;
  }

  /** A worker's change: only while the claim holds. */
  async #updateMine(claim: Claim, change: Omit<JobChange, 'condition'>): Promise<Job | undefined> {
    const mine: JobChange = {
      ...change,
      condition: mineCondition,
      names: { ...STATUS, ...LEASE, ...change.names },
      values: {
        ...change.values,
        ':attempt': claim.attempt,
        ':owner': claim.owner,
        ':processing': 'processing',
      },
    };
    return await this.#update(claim.jobId, mine, this.#held);
  }

  async #update(jobId: string, change: JobChange, way = this.#open): Promise<Job | undefined> {
    return await updateJob(way.dynamo, way.table, jobId, change);
  }
}

/** Only its holder, or a cancel, takes the lease off a job that is at work. */
function isLetGo({ status, lease }: Job): boolean {
  return status === 'processing' && lease === undefined;
}
