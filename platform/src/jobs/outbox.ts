/**
 * The outbox of a job: news that EventBridge does not have yet. They are appended by the update that makes them
 * (`transitions.ts`) and taken out here, each one only after it was sent.
 */

import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { News } from '@wavefleet/contracts/events.ts';
import type { Job } from '@wavefleet/contracts/job.ts';
import { isTerminal } from '@wavefleet/contracts/states.ts';
import { type JobChange, updateJob } from './change.ts';
import { expiryShardOf } from './ids.ts';
import { endedTtl, type KeepingConfig, uploadKeptUntil } from './keeping.ts';
import type { JobStore } from './store.ts';

/** The part of an update that puts news behind those that still wait. */
export function appended(news: News): Pick<JobChange, 'set' | 'values'> {
  return { set: 'pendingEvents = list_append(pendingEvents, :news)', values: { ':news': [news] } };
}

export class JobOutbox {
  readonly #dynamo: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #jobs: Pick<JobStore, 'get'>;
  readonly #config: KeepingConfig;

  /** @param config says how long a job is kept, and its upload; see {@link JobOutbox.clear}. */
  constructor(
    dynamo: DynamoDBDocumentClient,
    table: string,
    jobs: Pick<JobStore, 'get'>,
    config: KeepingConfig,
  ) {
    this.#config = config;
    this.#dynamo = dynamo;
    this.#table = table;
    this.#jobs = jobs;
  }

  /**
   * Takes out what was sent, and only that. A terminal job whose last news went out gets the time that it has left, and
   * needs one more reminder: when it lets go of its upload, and then, when it expires (`expiry.ts`). Others may append or take out meanwhile: then the record is read again.
   * @param job as it was read; need not be the newest.
   * @param sent ids of the events that EventBridge took.
   * @throws SDK errors.
   */
  async clear(job: Job, sent: ReadonlySet<string>): Promise<void> {
    for (let seen: Job | undefined = job; seen !== undefined; seen = await this.#jobs.get(job.jobId)) {
      const left = seen.pendingEvents.filter(({ eventId }) => !sent.has(eventId));
      // A delivered job that waits for its deletion keeps its reminder.
      const isOver = isTerminal(seen.status) && left.length === 0 && seen.deleteAt === undefined;
      const isFiled = !isOver || seen.dueShard === expiryShardOf(seen.jobId);
      const isClear = left.length === seen.pendingEvents.length && isFiled;
      if (isClear || (await this.#replace(seen, left, isOver))) return;
    }
  }

  /** False when the outbox is no longer as in `seen`. News are only appended, so its length and the last one tell. */
  async #replace(seen: Job, left: readonly News[], isOver: boolean): Promise<boolean> {
    const count = seen.pendingEvents.length;
    const last = seen.pendingEvents.at(-1)?.eventId;
    const over = isOver ? this.#reminderOf(seen) : undefined;
    // Of a record that is gone there is no size.
    const unchanged = `size(pendingEvents) = :count${isOver ? ' AND attribute_not_exists(deleteAt)' : ''}`;
    const changed = await updateJob(this.#dynamo, this.#table, seen.jobId, {
      set: `pendingEvents = :left${over?.set ?? ''}`,
      touches: false,
      condition:
        last === undefined ? unchanged : `${unchanged} AND pendingEvents[${count - 1}].eventId = :last`,
      names: over?.names,
      values: {
        ':left': left,
        ':count': count,
        ...(last === undefined ? {} : { ':last': last }),
        ...over?.values,
      },
    });
    return changed !== undefined;
  }

  /** A worker that completes a job notes when that lets go of its upload; here it is noted of all others. */
  #reminderOf(seen: Job): Pick<JobChange, 'values' | 'names'> & { readonly set: string } {
    const now = Date.now();
    const known = seen.removedAt === undefined ? seen.uploadKeptUntil : undefined;
    const keptUntil = known ?? uploadKeptUntil(seen, this.#config, now);
    const isNew = known === undefined && keptUntil !== undefined;
    const ttl = endedTtl(seen, this.#config, now);
    return {
      set: `, #ttl = :ttl, dueShard = :shard, dueAt = :at${isNew ? ', uploadKeptUntil = :at' : ''}`,
      names: { '#ttl': 'ttl' },
      values: { ':ttl': ttl, ':shard': expiryShardOf(seen.jobId), ':at': keptUntil ?? ttl * 1000 },
    };
  }
}
