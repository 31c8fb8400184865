/** Reading, making and removing job records. What changes a record's status is in `transitions.ts`. */
import {
  BatchGetCommand,
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { isOwnedBy, type Job, jobSchema } from '@wavefleet/contracts/job.ts';
import { DUE_SHARDS } from '@wavefleet/contracts/resources.ts';
import { terminalStatuses } from '@wavefleet/contracts/states.ts';
import { z } from 'zod';
import { unlessRefused } from '../aws/errors.ts';
import { statusIn } from './change.ts';
import { idAfter, isDerived, pointingTtl, type Stone, stoneOf, stoneSchema } from './stones.ts';

/** A reminder from the sparse `due` index: at `dueAt` (epoch ms) somebody should have acted on the job. */
export interface DueJob {
  readonly jobId: string;
  readonly dueAt: number;
}

/** A stone that points is not written anew at every look. */
const HALF_A_YEAR_SECONDS = 180 * 86_400;

/** AWS: "BatchGetItem". */
export const RECORDS_A_CALL = 100;

const unsentSchema = z.object({ jobId: z.uuid(), unsent: z.literal(true), status: z.literal('created') });

const dueSchema = z.object({ jobId: z.uuid(), dueAt: z.int() });

export class JobStore {
  readonly #dynamo: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(dynamo: DynamoDBDocumentClient, table: string) {
    this.#dynamo = dynamo;
    this.#table = table;
  }

  /** Stores a new record. Answers false when a record with that id is there already, or was deleted. */
  async create(job: Job): Promise<boolean> {
    const command = new PutCommand({
      TableName: this.#table,
      Item: job,
      ConditionExpression: 'attribute_not_exists(jobId)',
    });
    return (await unlessRefused(this.#dynamo.send(command))) !== undefined;
  }

  /** The record, read consistently; undefined also for a job that was deleted. */
  async get(jobId: string): Promise<Job | undefined> {
    const { job } = await this.#look(jobId);
    return job;
  }

  /** Whether there is a job of that id, or was one that left its id behind. */
  async knows(jobId: string): Promise<boolean> {
    const { job, stone } = await this.#look(jobId);
    return job !== undefined || stone !== undefined;
  }

  /**
   * What a cause has made, whose first id this is: a job that is not deleted, or none, and the id that its next one gets.
   * @throws SDK errors.
   */
  async madeBy(firstId: string): Promise<{ readonly jobId: string; readonly job: Job | undefined }> {
    let [jobId, found] = [firstId, await this.#look(firstId)];
    const first = found.stone;
    while (found.stone !== undefined) {
      jobId = found.stone.next ?? idAfter(jobId);
      found = await this.#look(jobId);
    }
    if (first !== undefined) await this.#point(first, jobId);
    return { jobId, job: found.job };
  }

  async #look(jobId: string): Promise<{ readonly job?: Job; readonly stone?: Stone }> {
    const { Item } = await this.#dynamo.send(
      new GetCommand({ TableName: this.#table, Key: { jobId }, ConsistentRead: true }),
    );
    if (Item === undefined) return {};
    return 'goneAt' in Item ? { stone: stoneSchema.parse(Item) } : { job: jobSchema.parse(Item) };
  }

  /** However many jobs a cause has had, two looks find its last one. Two who point at once both point at one of its ids. */
  async #point({ jobId, ttl, next }: Stone, to: string): Promise<void> {
    const wanted = pointingTtl(Date.now());
    if (next === to && ttl > wanted - HALF_A_YEAR_SECONDS) return;
    const command = new UpdateCommand({
      TableName: this.#table,
      Key: { jobId },
      UpdateExpression: 'SET #next = :next, #ttl = :ttl',
      ConditionExpression: 'attribute_exists(goneAt)',
      ExpressionAttributeNames: { '#next': 'next', '#ttl': 'ttl' },
      ExpressionAttributeValues: { ':next': to, ':ttl': wanted },
    });
    await unlessRefused(this.#dynamo.send(command));
  }

  /**
   * Those of some jobs, at most {@link RECORDS_A_CALL}, that are not known to have a message: nobody has begun them, and
   * nobody has noted that it was sent. Of a table that is asked for too much some are left out. @throws SDK errors.
   */
  async unsentOf(jobIds: ReadonlySet<string>): Promise<ReadonlySet<string>> {
    const { Responses } = await this.#dynamo.send(
      new BatchGetCommand({
        RequestItems: {
          [this.#table]: {
            Keys: Array.from(jobIds, (jobId) => ({ jobId })),
            ConsistentRead: true,
            ProjectionExpression: 'jobId, #status, unsent',
            ExpressionAttributeNames: { '#status': 'status' },
          },
        },
      }),
    );
    const unsent = (Responses?.[this.#table] ?? []).flatMap(
      (item) => unsentSchema.safeParse(item).data ?? [],
    );
    return new Set(unsent.map(({ jobId }) => jobId));
  }

  /** The cheapest question there is. @throws SDK errors, when DynamoDB does not answer. */
  async answers(signal: AbortSignal): Promise<void> {
    const Key = { jobId: 'nobody' };
    await this.#dynamo.send(new GetCommand({ TableName: this.#table, Key }), { abortSignal: signal });
  }

  /**
   * The record, when it is this owner's.
   * @throws Failure JOB_NOT_FOUND also for a foreign job: existence is nobody else's business.
   */
  async getOwned(jobId: string, ownerId: string): Promise<Job> {
    const job = await this.get(jobId);
    if (job === undefined || !isOwnedBy(job, ownerId)) throw new Failure('JOB_NOT_FOUND');
    return job;
  }

  /** Jobs of one shard whose reminder is due at `now` (epoch ms), oldest first, at most `limit`. */
  async due(shard: number, now: number, limit = 100): Promise<DueJob[]> {
    const { Items } = await this.#dynamo.send(
      new QueryCommand({
        TableName: this.#table,
        IndexName: 'due',
        KeyConditionExpression: 'dueShard = :shard AND dueAt <= :now',
        ExpressionAttributeValues: { ':shard': shard, ':now': now },
        Limit: limit,
      }),
    );
    return (Items ?? []).map((item) => dueSchema.parse(item));
  }

  /**
   * Deletes a record that is terminal; of an id that was derived a stone stays. Answers false when it is still active
   * (nothing is deleted).
   */
  async remove(jobId: string): Promise<boolean> {
    const ended = statusIn(terminalStatuses);
    const condition = {
      TableName: this.#table,
      ConditionExpression: `attribute_not_exists(jobId) OR attribute_exists(goneAt) OR ${ended.condition}`,
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: ended.values,
    };
    const removed = isDerived(jobId)
      ? this.#dynamo.send(new PutCommand({ ...condition, Item: stoneOf(jobId, Date.now()) }))
      : this.#dynamo.send(new DeleteCommand({ ...condition, Key: { jobId } }));
    return (await unlessRefused<unknown>(removed)) !== undefined;
  }
}

/** The shards of each kind of reminder begin here; see `DUE_SHARDS`. */
const FIRST_SHARDS = { acts: 0, expiries: DUE_SHARDS, endings: 2 * DUE_SHARDS };

/** Every shard of the `due` index that holds such reminders; in random order so that sweepers do not walk in step. */
export function shuffledShards(of: keyof typeof FIRST_SHARDS): number[] {
  const first = FIRST_SHARDS[of];
  return Array.from({ length: DUE_SHARDS }, (_, index) => ({ shard: first + index, order: Math.random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ shard }) => shard);
}
