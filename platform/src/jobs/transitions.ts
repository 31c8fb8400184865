/**
 * Every change of a job's state: one conditional UpdateItem on one item each. The condition carries the
 * state machine (`sourcesOf`) and, for a worker, the fencing token: `attempt = mine AND status = processing`.
 */
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { JobEvent } from '@wavefleet/contracts/events.ts';
import type { Job } from '@wavefleet/contracts/job.ts';
import { isTerminal, sourcesOf, type TerminalStatus, transition } from '@wavefleet/contracts/states.ts';
import { type JobChange, updateJob } from './change.ts';
import { type Ending, endingChange } from './ending.ts';
import { dueShardOf } from './ids.ts';
import type { JobStore } from './store.ts';

/** A worker's right to write: the attempt is the fencing token, the owner is unique per claim. */
export interface Claim {
  readonly jobId: string;
  readonly attempt: number;
  readonly owner: string;
}

export type ClaimResult =
  | { readonly kind: 'claimed'; readonly job: Job }
  /** Another worker holds a live lease until `until` (epoch ms). */
  | { readonly kind: 'leased'; readonly until: number }
  | { readonly kind: 'terminal'; readonly job: Job }
  | { readonly kind: 'missing' };

/** After a lease or an announcement should have been seen to, others wait this long before they act. */
const GRACE_MS = 2_000;

const MINE = 'attempt = :attempt AND #status = :processing AND #lease.#owner = :owner';
const STATUS = { '#status': 'status' };
const LEASE = { '#lease': 'lease', '#owner': 'owner' };

export class JobTransitions {
  readonly #dynamo: DynamoDBDocumentClient;
  readonly #beat: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #jobs: JobStore;

  /** @param beat the client for heartbeats, with its own short timeouts. */
  constructor(dynamo: DynamoDBDocumentClient, beat: DynamoDBDocumentClient, table: string, jobs: JobStore) {
    this.#dynamo = dynamo;
    this.#beat = beat;
    this.#table = table;
    this.#jobs = jobs;
  }

  /** Takes the job for `leaseMs`. A lost answer is settled by a consistent read: `lease.owner = mine` means won. */
  async claim(jobId: string, owner: string, leaseMs: number, now = Date.now()): Promise<ClaimResult> {
    const [first, second] = sourcesOf('processing');
    const won = await this.#update(jobId, {
      set: '#status = :processing, attempt = attempt + :one, crashes = crashes + :one, #lease = :lease, dueShard = :shard, dueAt = :dueAt',
      condition: '#status IN (:first, :second) AND (attribute_not_exists(#lease) OR #lease.#until < :now)',
      names: { ...STATUS, '#lease': 'lease', '#until': 'until' },
      values: {
        ':processing': 'processing',
        ':one': 1,
        ':lease': { owner, until: now + leaseMs },
        ':shard': dueShardOf(jobId),
        ':dueAt': now + leaseMs + GRACE_MS,
        ':first': first,
        ':second': second,
        ':now': now,
      },
    });
    const job = won ?? (await this.#jobs.get(jobId));
    if (job === undefined) return { kind: 'missing' };
    if (job.lease?.owner === owner && job.status === 'processing') return { kind: 'claimed', job };
    if (isTerminal(job.status)) return { kind: 'terminal', job };
    return { kind: 'leased', until: job.lease?.until ?? now };
  }

  /** Prolongs the lease. Answers false when the claim is no longer mine: the job must stop at once. */
  async beat(claim: Claim, leaseMs: number): Promise<boolean> {
    const until = Date.now() + leaseMs;
    const job = await this.#update(
      claim.jobId,
      {
        set: '#lease.#until = :until, dueAt = :dueAt',
        condition: MINE,
        names: { ...STATUS, ...LEASE, '#until': 'until' },
        values: { ...mine(claim), ':until': until, ':dueAt': until + GRACE_MS },
      },
      this.#beat,
    );
    return job !== undefined;
  }

  /**
   * Ends the job. The same update writes the outbox. Answers the final record, or undefined when the claim
   * was lost: then the caller deletes what it stored and does nothing else.
   */
  async finish(claim: Claim, ending: Ending, event: JobEvent): Promise<Job | undefined> {
    transition('processing', ending.status);
    const extra = endingChange(ending);
    const job = await this.#update(claim.jobId, {
      set: `#status = :status, crashes = crashes - :one, pendingEvents = :events, dueAt = :dueAt${extra.set}`,
      remove: '#lease',
      condition: MINE,
      names: {
        ...STATUS,
        ...LEASE,
        ...extra.names,
      },
      values: {
        ...mine(claim),
        ...extra.values,
        ':status': ending.status,
        ':one': 1,
        ':events': [event],
        ':dueAt': Date.now() + GRACE_MS * 5,
      },
    });
    return job ?? this.#settledAs(claim, ending.status);
  }

  /** Hands the job back untouched (shutdown): no crash, no retry counted. False when it was not mine any more. */
  async release(claim: Claim): Promise<boolean> {
    const job = await this.#update(claim.jobId, {
      set: 'crashes = crashes - :one, dueAt = :dueAt',
      remove: '#lease',
      condition: MINE,
      names: { ...STATUS, ...LEASE },
      values: { ...mine(claim), ':one': 1, ':dueAt': Date.now() + GRACE_MS },
    });
    return job !== undefined;
  }

  /** Records a transient failure and lets go of the job; it is due again after `delayMs`. */
  async retryLater(claim: Claim, delayMs: number): Promise<boolean> {
    const job = await this.#update(claim.jobId, {
      set: 'crashes = crashes - :one, retries = retries + :one, dueAt = :dueAt',
      remove: '#lease',
      condition: MINE,
      names: { ...STATUS, ...LEASE },
      values: { ...mine(claim), ':one': 1, ':dueAt': Date.now() + delayMs + GRACE_MS },
    });
    return job !== undefined;
  }

  /** Cancels an active job. Undefined when it was terminal (or gone) first. */
  async cancel(jobId: string, event: JobEvent): Promise<Job | undefined> {
    const [first, second] = sourcesOf('cancelled');
    return await this.#update(jobId, {
      set: '#status = :status, pendingEvents = :events, dueShard = :shard, dueAt = :dueAt',
      remove: '#lease',
      condition: '#status IN (:first, :second)',
      names: { ...STATUS, '#lease': 'lease' },
      values: {
        ':status': 'cancelled',
        ':events': [event],
        ':shard': dueShardOf(jobId),
        ':dueAt': Date.now() + GRACE_MS * 5,
        ':first': first,
        ':second': second,
      },
    });
  }

  /** The message is on its way: nobody needs to look before `dueAt`. No effect once the job was claimed. */
  async dispatched(jobId: string, dueAt: number): Promise<void> {
    await this.#update(jobId, {
      set: 'dueAt = :dueAt',
      condition: '#status = :created',
      names: STATUS,
      values: { ':created': 'created', ':dueAt': dueAt },
    });
  }

  /** Takes the reminder that was due at `seenDueAt`; only one sweeper gets it. Answers the job, or undefined. */
  async takeReminder(jobId: string, seenDueAt: number, nextDueAt: number): Promise<Job | undefined> {
    return await this.#update(jobId, {
      set: 'dueAt = :next',
      touches: false,
      condition: 'dueAt = :seen',
      names: {},
      values: { ':next': nextDueAt, ':seen': seenDueAt },
    });
  }

  /** The message was sent again: the next look may wait until `dueAt`, unless somebody claimed the job since. */
  async redispatched(jobId: string, seenDueAt: number, dueAt: number): Promise<void> {
    await this.#update(jobId, {
      set: 'dueAt = :next, redispatches = redispatches + :one',
      touches: false,
      condition: 'dueAt = :seen',
      names: {},
      values: { ':next': dueAt, ':seen': seenDueAt, ':one': 1 },
    });
  }

  /** EventBridge has the events: empties the outbox and ends the reminders. */
  async announced(jobId: string): Promise<void> {
    await this.#update(jobId, {
      set: 'pendingEvents = :none',
      touches: false,
      remove: 'dueShard, dueAt',
      condition: 'attribute_exists(jobId)',
      names: {},
      values: { ':none': [] },
    });
  }

  /** The condition failed: was it because an earlier try of this very update did get through? */
  async #settledAs(claim: Claim, status: TerminalStatus): Promise<Job | undefined> {
    const job = await this.#jobs.get(claim.jobId);
    return job?.status === status && job.attempt === claim.attempt ? job : undefined;
  }

  async #update(jobId: string, change: JobChange, client = this.#dynamo): Promise<Job | undefined> {
    return await updateJob(client, this.#table, jobId, change);
  }
}

function mine(claim: Claim): Record<string, unknown> {
  return { ':attempt': claim.attempt, ':owner': claim.owner, ':processing': 'processing' };
}
