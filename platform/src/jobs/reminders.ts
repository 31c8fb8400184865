/**
 * Reminders: until a job is terminal and announced, its record says when somebody should look if nobody has acted
 * before. `transitions.ts` sets them with each change of state; here they are taken and put off.
 */
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Job } from '@wavefleet/contracts/job.ts';
import { type JobChange, updateJob } from './change.ts';
import { dueShardOf, endingShardOf } from './ids.ts';

export class JobReminders {
  readonly #dynamo: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(dynamo: DynamoDBDocumentClient, table: string) {
    this.#dynamo = dynamo;
    this.#table = table;
  }

  /**
   * The message is on its way: nobody needs to look before `dueAt` (epoch ms). No effect once the job was claimed, or
   * its message is known to be on the queue.
   */
  async dispatched(jobId: string, dueAt: number): Promise<void> {
    await this.#update(jobId, {
      set: 'dueAt = :dueAt',
      remove: 'unsent',
      touches: false,
      condition: '#status = :created AND attribute_exists(unsent)',
      names: { '#status': 'status' },
      values: { ':created': 'created', ':dueAt': dueAt },
    });
  }

  /** Its message could not be sent: a sweeper is to do it now. No effect once the job was claimed, or is known to be sent. */
  async hurry(jobId: string): Promise<void> {
    await this.#update(jobId, {
      set: 'dueAt = :now',
      touches: false,
      condition: '#status = :created AND attribute_exists(unsent)',
      names: { '#status': 'status' },
      values: { ':created': 'created', ':now': Date.now() },
    });
  }

  /** Takes the reminder that was due at `seenDueAt`; only one sweeper gets it. Answers the job, or undefined. */
  async take(jobId: string, seenDueAt: number, nextDueAt: number): Promise<Job | undefined> {
    return await this.#update(jobId, {
      set: 'dueAt = :next',
      touches: false,
      condition: 'dueAt = :seen',
      values: { ':next': nextDueAt, ':seen': seenDueAt },
    });
  }

  /** The message was sent again: the next look may wait until `dueAt`, unless somebody claimed the job since. */
  async redispatched(jobId: string, seenDueAt: number, dueAt: number): Promise<void> {
    await this.#update(jobId, {
      set: 'dueAt = :next, redispatches = redispatches + :one',
      remove: 'unsent',
      touches: false,
      condition: 'dueAt = :seen',
      values: { ':next': dueAt, ':seen': seenDueAt, ':one': 1 },
    });
  }

  /**
   * Puts the reminder of a job that is over among those of its kind: workers leave it where it was when they end a job,
   * since most are told, and filed away, a moment later.
   */
  async ended(jobId: string, seenDueAt: number): Promise<void> {
    await this.#update(jobId, {
      set: 'dueShard = :shard',
      touches: false,
      condition: 'dueAt = :seen AND dueShard = :from',
      values: { ':shard': endingShardOf(jobId), ':from': dueShardOf(jobId), ':seen': seenDueAt },
    });
  }

  async #update(jobId: string, change: JobChange): Promise<Job | undefined> {
    return await updateJob(this.#dynamo, this.#table, jobId, change);
  }
}
