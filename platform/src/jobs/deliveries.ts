/**
 * Results that were handed over, and results that are gone, as the record has it. A job that asked for it is deleted
 * after its download: not at once, so that a client that lost the end may ask again. Until then the record carries a
 * reminder like any other, so that no death in between keeps the bytes.
 */
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Job } from '@wavefleet/contracts/job.ts';
import { outputPrefix } from '@wavefleet/contracts/keys.ts';
import type { Log } from '../log/log.ts';
import type { ProgressStore } from '../progress/store.ts';
import { updateJob } from './change.ts';
import { freeStorage, type StorageDeps } from './free-storage.ts';
import { endingShardOf } from './ids.ts';
import type { JobOutbox } from './outbox.ts';

export class JobDeliveries {
  readonly #dynamo: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(dynamo: DynamoDBDocumentClient, table: string) {
    this.#dynamo = dynamo;
    this.#table = table;
  }

  /**
   * Notes that every byte of the result was sent. Answers the job, or undefined when it is not to be deleted for that,
   * or the deletion is under way. The same note made twice is one: of the first the answer may have been lost.
   * @param deleteAt epoch ms.
   */
  async delivered(jobId: string, deleteAt: number): Promise<Job | undefined> {
    return await updateJob(this.#dynamo, this.#table, jobId, {
      set: 'deleteAt = :at, dueShard = :shard, dueAt = :at',
      condition:
        '#status = :completed AND deleteAfterDownload = :yes AND attribute_not_exists(removedAt) AND ' +
        '(attribute_not_exists(deleteAt) OR deleteAt = :at)',
      names: { '#status': 'status' },
      values: { ':at': deleteAt, ':shard': endingShardOf(jobId), ':completed': 'completed', ':yes': true },
    });
  }

  /** Notes that nothing is stored of the job any more. Answers the job, or undefined when it is gone or that was noted. */
  async removed(jobId: string): Promise<Job | undefined> {
    return await updateJob(this.#dynamo, this.#table, jobId, {
      set: 'removedAt = :now',
      remove: 'deleteAt',
      condition: 'attribute_exists(jobId) AND attribute_not_exists(removedAt)',
      values: { ':now': new Date().toISOString() },
    });
  }
}

/** Whether the job was delivered and its time is up. @param now epoch ms. */
export function isToBeDeleted({ deleteAt, removedAt }: Job, now: number): boolean {
  return deleteAt !== undefined && deleteAt <= now && removedAt === undefined;
}

/**
 * Deletes what is stored of a job whose record stays, and notes it there. Answers how many objects went, and the job as it was
 * noted; undefined when that had been noted before. May be repeated. @throws as `freeStorage`.
 */
export async function removeStored(
  deps: StorageDeps & { readonly progress: ProgressStore; readonly deliveries: JobDeliveries },
  job: Job,
): Promise<{ readonly objects: number; readonly noted: Job | undefined }> {
  const objects = await freeStorage(deps, job);
  const noted = await deps.deliveries.removed(job.jobId);
  // Its previews may have been stored and noted since the look at what there is; from here on none are.
  const late = job.previewsUntil === undefined ? [] : await deps.objects.list(outputPrefix(job.jobId));
  await deps.objects.remove(late);
  return { objects: objects + late.length, noted };
}

/** Deletes what is stored of a delivered job. May be repeated. @throws SDK errors; a sweeper tries again. */
export async function deleteDelivered(
  deps: StorageDeps & {
    readonly progress: ProgressStore;
    readonly deliveries: JobDeliveries;
    readonly outbox: JobOutbox;
    readonly log: Log;
  },
  job: Job,
): Promise<void> {
  const { jobId } = job;
  const { objects, noted } = await removeStored(deps, job);
  // The reminder has served; another one waits for the end of the record.
  if (noted !== undefined) await deps.outbox.clear(noted, new Set());
  deps.log.say('job.deleted-after-download', { jobId, objects });
}
