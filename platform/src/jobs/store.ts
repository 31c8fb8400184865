/** Reading, making and removing job records. What changes a record's status is in `transitions.ts`. */
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
} from '@aws-sdk/lib-dynamodb';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { isOwnedBy, type Job, jobSchema } from '@wavefleet/contracts/job.ts';
import { type HistoryJob, historyJobSchema } from '@wavefleet/contracts/job-history.ts';
import { DUE_SHARDS } from '@wavefleet/contracts/resources.ts';
import { type JobStatus, terminalStatuses } from '@wavefleet/contracts/states.ts';
import { z } from 'zod';
import { isConditionFailed } from '../aws/errors.ts';
import type { Log } from '../log/log.ts';
import { statusIn } from './change.ts';

/** One page of an owner's history, newest first. */
export interface JobPage {
  readonly jobs: HistoryJob[];
  readonly nextCursor: string | null;
}

/** A reminder from the sparse `due` index: at `dueAt` (epoch ms) somebody should have acted on the job. */
export interface DueJob {
  readonly jobId: string;
  readonly dueAt: number;
}

/** Which part of a history is asked for. */
export interface JobListing {
  /** Jobs on a page, at most. */
  readonly limit: number;
  /** Default: jobs in any state. */
  readonly status?: JobStatus | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
  /** Once it is aborted nothing more is read. */
  readonly signal?: AbortSignal | undefined;
}

/** Items of a history that are looked through at once for those of one state. */
const FILTERED_PAGE = 200;
/** For one page of a history. */
const MAX_QUERIES = 5;

/** A place in an owner's history: the key of the index. */
const positionSchema = z.object({ jobId: z.string(), ownerId: z.string(), createdAt: z.string() });
type Position = z.infer<typeof positionSchema>;
/** What a cursor holds. Checked, since it comes from outside. */
const cursorSchema = z.strictObject({ jobId: z.uuid(), ownerId: z.string(), createdAt: z.iso.datetime() });
const dueSchema = z.object({ jobId: z.uuid(), dueAt: z.int() });

export class JobStore {
  readonly #dynamo: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #log: Pick<Log, 'say'>;

  constructor(dynamo: DynamoDBDocumentClient, table: string, log: Pick<Log, 'say'>) {
    this.#dynamo = dynamo;
    this.#table = table;
    this.#log = log;
  }

  /** Stores a new record. Answers false when a record with that id is there already. */
  async create(job: Job): Promise<boolean> {
    try {
      await this.#dynamo.send(
        new PutCommand({
          TableName: this.#table,
          Item: job,
          ConditionExpression: 'attribute_not_exists(jobId)',
        }),
      );
      return true;
    } catch (error) {
      if (isConditionFailed(error)) return false;
      throw error;
    }
  }

  /** The record, read consistently. */
  async get(jobId: string): Promise<Job | undefined> {
    const { Item } = await this.#dynamo.send(
      new GetCommand({ TableName: this.#table, Key: { jobId }, ConsistentRead: true }),
    );
    return Item === undefined ? undefined : jobSchema.parse(Item);
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

  /**
   * An owner's jobs, newest first. A record that this version cannot read is left out and logged: one must not hide
   * the others. A page may hold fewer jobs than asked for, even none, and still have a cursor: no answer reads more
   * than a bounded part of a history in which few jobs have the state that is looked for.
   * @throws Failure INVALID_CURSOR for a cursor that is not from this owner's previous page.
   */
  async list(ownerId: string, { limit, status, cursor, signal }: JobListing): Promise<JobPage> {
    let after = cursor === undefined ? undefined : decodeCursor(cursor, ownerId);
    const jobs: HistoryJob[] = [];
    for (let queries = 0; queries < MAX_QUERIES && signal?.aborted !== true; queries += 1) {
      const page = await this.#history(ownerId, status, limit - jobs.length, after);
      for (const item of page.items) {
        // DynamoDB counts before it filters: more may have come than there is room for.
        if (jobs.length === limit) return { jobs, nextCursor: encodeCursor(after) };
        jobs.push(...this.#readable(item).filter(({ source }) => isOwnedBy({ ownerId, source }, ownerId)));
        after = positionSchema.parse(item);
      }
      after = page.last;
      if (after === undefined || jobs.length === limit) break;
    }
    return { jobs, nextCursor: encodeCursor(after) };
  }

  /** One query: as many items as are missing, or a large page when most will be filtered out. */
  async #history(
    ownerId: string,
    status: JobStatus | undefined,
    missing: number,
    after: Position | undefined,
  ): Promise<{ items: Record<string, unknown>[]; last: Position | undefined }> {
    const { Items = [], LastEvaluatedKey } = await this.#dynamo.send(
      new QueryCommand({
        TableName: this.#table,
        IndexName: 'history',
        KeyConditionExpression: 'ownerId = :owner',
        ...(status === undefined
          ? {}
          : { FilterExpression: '#status = :status', ExpressionAttributeNames: { '#status': 'status' } }),
        ExpressionAttributeValues: { ':owner': ownerId, ':status': status },
        ScanIndexForward: false,
        Limit: status === undefined ? missing : FILTERED_PAGE,
        ExclusiveStartKey: after,
      }),
    );
    return { items: Items, last: LastEvaluatedKey && positionSchema.parse(LastEvaluatedKey) };
  }

  #readable(item: Record<string, unknown>): HistoryJob[] {
    const job = historyJobSchema.safeParse(item);
    if (job.success) return [job.data];
    const fields = [...new Set(job.error.issues.map(({ path }) => path.join('.')))];
    this.#log.say('job.unlisted', { jobId: item.jobId, fields });
    return [];
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

  /** Deletes a record that is terminal. Answers false when it is still active (nothing is deleted). */
  async remove(jobId: string): Promise<boolean> {
    const ended = statusIn(terminalStatuses);
    try {
      await this.#dynamo.send(
        new DeleteCommand({
          TableName: this.#table,
          Key: { jobId },
          ConditionExpression: `attribute_not_exists(jobId) OR ${ended.condition}`,
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: ended.values,
        }),
      );
      return true;
    } catch (error) {
      if (isConditionFailed(error)) return false;
      throw error;
    }
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

function encodeCursor(after: Position | undefined): string | null {
  return after === undefined ? null : Buffer.from(JSON.stringify(after)).toString('base64url');
}

function decodeCursor(cursor: string, ownerId: string): Position {
  try {
    const key = cursorSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    if (key.ownerId === ownerId) return key;
  } catch (cause) {
    throw new Failure('INVALID_CURSOR', { cause });
  }
  throw new Failure('INVALID_CURSOR');
}
