/**
 * Where progress lies between worker and reader: Redis first, the PROGRESS table behind it. Writing can fail
 * without harm; what readers see never falls, whatever the order in which writes arrive.
 */
import { DeleteCommand, type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Job } from '@wavefleet/contracts/job.ts';
import { progressChannel, progressKey } from '@wavefleet/contracts/keys.ts';
import {
  type ProgressEnd,
  type ProgressNotes,
  type ProgressReport,
  progressEndSchema,
  progressReportSchema,
  type StoredReport,
  storedReportSchema,
} from '@wavefleet/contracts/progress.ts';
import { phaseOf } from '@wavefleet/contracts/stages.ts';
import { isTerminal } from '@wavefleet/contracts/states.ts';
import { unlessRefused } from '../aws/errors.ts';
import { guardedWrite } from './guarded-write.ts';
import type { RedisPair } from './redis.ts';

const REDIS_TTL_SECONDS = 3_600;
/** Longer than a worker goes on that has not heard of a cancellation. */
const REMOVED_TTL_SECONDS = 300;
const TABLE_TTL_SECONDS = 86_400;

/** What of its record is told of a job that has ended. */
type EndedJob = Pick<Job, 'jobId' | 'attempt' | 'status' | 'error'>;

/** What a channel carries besides reports: the record has reached a terminal state, read it. */
const ENDED = 'ended';

/** In one command, as every job ends with it. KEYS: the progress. ARGV: its end, seconds to keep it, channel and word. */
const setAndTell = `
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
redis.call('PUBLISH', ARGV[3], ARGV[4])`;

export class ProgressStore {
  readonly #redis: RedisPair | undefined;
  readonly #dynamo: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #listeners = new Map<string, Set<(report: ProgressReport | 'ended') => void>>();

  constructor(redis: RedisPair | undefined, dynamo: DynamoDBDocumentClient, table: string) {
    this.#redis = redis;
    this.#dynamo = dynamo;
    this.#table = table;
    redis?.subscriber.on('message', (channel: string, message: string) => this.#deliver(channel, message));
  }

  /** Whether changes reach this process by themselves, through Redis. Else who wants to know has to look. */
  get isTold(): boolean {
    return this.#redis?.isUp() === true;
  }

  /** To Redis. Answers whether it arrived; never throws. */
  async write(report: ProgressReport): Promise<boolean> {
    if (!this.#redis?.isUp()) return false;
    const { jobId } = report;
    return await this.#redis.cache
      .eval(
        guardedWrite,
        1,
        progressKey(jobId),
        JSON.stringify(report),
        REDIS_TTL_SECONDS,
        progressChannel(jobId),
      )
      .then(
        () => true,
        () => false,
      );
  }

  /** To the PROGRESS table, unless something later or higher is there. @throws SDK errors. */
  async persist(report: ProgressReport, notes: ProgressNotes = {}): Promise<void> {
    const command = new PutCommand({
      TableName: this.#table,
      Item: {
        ...report,
        ...notes,
        phase: phaseOf(report.stage),
        ttl: Math.floor(Date.now() / 1000) + TABLE_TTL_SECONDS,
      },
      ConditionExpression: 'attribute_not_exists(jobId) OR (attempt <= :attempt AND #percent <= :percent)',
      ExpressionAttributeNames: { '#percent': 'percent' },
      ExpressionAttributeValues: { ':attempt': report.attempt, ':percent': report.percent },
    });
    await unlessRefused(this.#dynamo.send(command));
  }

  /** What Redis holds: a report, or that the job has ended. Undefined also while Redis is away; never throws. */
  async readRedis(jobId: string): Promise<ProgressReport | ProgressEnd | undefined> {
    if (!this.#redis?.isUp()) return undefined;
    const raw = await this.#redis.cache.get(progressKey(jobId)).catch(() => null);
    return raw === null ? undefined : parsed(raw);
  }

  /** The report of the PROGRESS table: seconds older than that of Redis. @throws SDK errors. */
  async readTable(jobId: string): Promise<StoredReport | undefined> {
    const { Item } = await this.#dynamo.send(new GetCommand({ TableName: this.#table, Key: { jobId } }));
    return storedReportSchema.safeParse(Item).data;
  }

  /** Tells readers that the record is terminal now, and leaves word of it. Never throws. */
  async ended(job: EndedJob): Promise<void> {
    const end = endOf(job);
    if (!this.#redis?.isUp() || end === undefined) return;
    await this.#redis.cache
      .eval(
        setAndTell,
        1,
        progressKey(job.jobId),
        JSON.stringify(end),
        REDIS_TTL_SECONDS,
        progressChannel(job.jobId),
        ENDED,
      )
      .catch(() => undefined);
  }

  /**
   * Forgets the progress of a job that has ended. For some minutes Redis keeps in mind that it has, so that a worker
   * which has not heard of it yet brings nothing back. @throws SDK errors.
   */
  async remove(job: EndedJob): Promise<void> {
    const end = endOf(job);
    if (this.#redis?.isUp() && end !== undefined) {
      await this.#redis.cache
        .set(progressKey(job.jobId), JSON.stringify(end), 'EX', REMOVED_TTL_SECONDS)
        .catch(() => undefined);
    }
    await this.#dynamo.send(new DeleteCommand({ TableName: this.#table, Key: { jobId: job.jobId } }));
  }

  /** Calls back for each report that arrives. Answers the function that ends it. */
  subscribe(jobId: string, listener: (report: ProgressReport | 'ended') => void): () => void {
    const channel = progressChannel(jobId);
    const listeners = this.#listeners.get(channel) ?? new Set();
    if (listeners.size === 0) {
      this.#listeners.set(channel, listeners);
      // Waits for Redis when it is away; readers poll meanwhile.
      this.#redis?.subscriber.subscribe(channel).catch(() => undefined);
    }
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0 || this.#listeners.get(channel) !== listeners) return;
      this.#listeners.delete(channel);
      this.#redis?.subscriber.unsubscribe(channel).catch(() => undefined);
    };
  }

  #deliver(channel: string, message: string): void {
    const listeners = this.#listeners.get(channel);
    if (listeners === undefined) return;
    const news = message === ENDED ? undefined : parsed(message);
    // Whatever else says that it has ended says no more than that.
    const report = message === ENDED || (news !== undefined && 'endedAt' in news) ? ENDED : news;
    if (report === undefined) return;
    for (const listener of listeners) listener(report);
  }
}

/** Undefined for a job that has not ended. */
function endOf({ jobId, attempt, status, error }: EndedJob): ProgressEnd | undefined {
  if (!isTerminal(status)) return undefined;
  const now = new Date();
  return {
    jobId,
    attempt,
    progress: status === 'completed' ? 100 : -1,
    stage: status,
    ...(error === undefined ? {} : { error: error.message }),
    endedAt: now.getTime(),
    updatedAt: now.toISOString(),
  };
}

/** Undefined for what no version of ours has written. */
function parsed(json: string): ProgressReport | ProgressEnd | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return progressEndSchema.safeParse(value).data ?? progressReportSchema.safeParse(value).data;
  } catch {
    return undefined;
  }
}
