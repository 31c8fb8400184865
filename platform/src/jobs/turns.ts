/**
 * Whose turn it is: owners take turns (round robin), so that one with a thousand jobs holds up nobody with one. A message
 * is a wake-up for some job, not for the one that it names: the worker asks here which. So fairness costs no call to SQS,
 * leaves no slot idle, and the queue stays as long as the work is.
 *
 * The board is in Redis, which may be away, empty or wrong: then a message runs the job that it names, first come first
 * served, and a job that lost its message over it is woken by the sweeper. AWS' own queues are fair as well, by the
 * message group; others are not.
 */
import { jobIdSchema } from '@wavefleet/contracts/job.ts';
import { z } from 'zod';
import type { RedisPair } from '../progress/redis.ts';
import {
  addTurn,
  longestWaiting,
  notWaiting,
  placeOf,
  removeTurn,
  takeForStray,
  takeTurn,
  turnKeys,
} from './turn-scripts.ts';

/** As long as SQS keeps a message. */
const TTL_SECONDS = 345_600;

interface Waiting {
  readonly jobId: string;
  readonly ownerId: string;
}

export class JobTurns {
  readonly #redis: RedisPair | undefined;

  constructor(redis: RedisPair | undefined) {
    this.#redis = redis;
  }

  /** A message is about to be sent for the job. Never throws. */
  async add({ jobId, ownerId }: Waiting): Promise<void> {
    const now = Date.now();
    await this.#run(addTurn, jobId, ownerId, now, TTL_SECONDS, placeOf.newcomer(now));
  }

  /**
   * A job that was there before waits again: it comes before its owner's others, with whichever message, since its own may
   * be behind all of theirs. Never throws.
   */
  async addReturned({ jobId, ownerId }: Waiting): Promise<void> {
    const now = Date.now();
    await this.#run(addTurn, jobId, ownerId, now, TTL_SECONDS, placeOf.returned(now));
  }

  /** It was not sent. Never throws. */
  async remove({ jobId, ownerId }: Waiting): Promise<void> {
    await this.#run(removeTurn, jobId, ownerId);
  }

  /**
   * Takes the job off the board that a message is to be used for, which may be the one that it names. Undefined when the
   * board does not know that one: then it is its own turn. Never throws.
   */
  async insteadOf(jobId: string): Promise<string | undefined> {
    return await this.#take(jobId);
  }

  /** As above for a message whose own job needs it no more. Undefined when no job waits. Never throws. */
  async next(): Promise<string | undefined> {
    return await this.#take('');
  }

  /**
   * For a message that its own job keeps: as above where some job has no message, since that was used for another one, for
   * that very job as it may be. Undefined when each has its own. Never throws.
   */
  async nextForStray(): Promise<string | undefined> {
    return jobIdSchema.safeParse(await this.#run(takeForStray, Date.now())).data;
  }

  /** Jobs on the board, who came first in front, at most `count`. Undefined when Redis does not tell. Never throws. */
  async longestWaiting(count: number): Promise<string[] | undefined> {
    return z.array(z.string()).safeParse(await this.#run(longestWaiting, count)).data;
  }

  /** They do not wait, whatever the board has: `longestWaiting` leaves them out from now on. Never throws. */
  async notWaiting(jobIds: readonly string[]): Promise<void> {
    if (jobIds.length > 0) await this.#run(notWaiting, ...jobIds);
  }

  async #take(named: string): Promise<string | undefined> {
    return jobIdSchema.safeParse(await this.#run(takeTurn, named, Date.now())).data;
  }

  async #run(script: string, ...args: (string | number)[]): Promise<unknown> {
    if (!this.#redis?.isUp()) return undefined;
    return await this.#redis.cache.eval(script, turnKeys.length, ...turnKeys, ...args).catch(() => undefined);
  }
}
