/**
 * Where progress lies between worker and reader: Redis first, the PROGRESS table behind it. Writing can fail
 * without harm; what readers see never falls, whatever the order in which writes arrive.
 */
import { DeleteCommand, type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { progressChannel, progressKey } from '@wavefleet/contracts/keys.ts';
import { type ProgressReport, progressReportSchema } from '@wavefleet/contracts/progress.ts';
import { isConditionFailed } from '../aws/errors.ts';
import type { RedisPair } from './redis.ts';

const REDIS_TTL_SECONDS = 3_600;
const TABLE_TTL_SECONDS = 86_400;

/**
 * Stores the report unless it is of an older attempt; a later attempt starts from the percent already shown.
 * Junk under the key counts as nothing. One round trip: guard, write and publish.
 */
const guardedWrite = `
local report = cjson.decode(ARGV[1])
local raw = redis.call('GET', KEYS[1])
local readable, held = pcall(cjson.decode, raw or '')
if readable and type(held) == 'table' and type(held.attempt) == 'number' and type(held.percent) == 'number' then
  if held.attempt > report.attempt then return 0 end
  if held.percent > report.percent and held.percent <= 99 then report.percent = held.percent end
end
local json = cjson.encode(report)
redis.call('SET', KEYS[1], json, 'EX', ARGV[2])
redis.call('PUBLISH', ARGV[3], json)
return 1`;

/** What a channel carries besides reports: the record has reached a terminal state, read it. */
const ENDED = 'ended';

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
  async persist(report: ProgressReport): Promise<void> {
    try {
      await this.#dynamo.send(
        new PutCommand({
          TableName: this.#table,
          Item: { ...report, ttl: Math.floor(Date.now() / 1000) + TABLE_TTL_SECONDS },
          ConditionExpression:
            'attribute_not_exists(jobId) OR (attempt <= :attempt AND #percent <= :percent)',
          ExpressionAttributeNames: { '#percent': 'percent' },
          ExpressionAttributeValues: { ':attempt': report.attempt, ':percent': report.percent },
        }),
      );
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
    }
  }

  /** The newest report that can be had: Redis, else the table, else undefined. @throws SDK errors. */
  async read(jobId: string): Promise<ProgressReport | undefined> {
    return (await this.readRedis(jobId)) ?? (await this.readTable(jobId));
  }

  /** What Redis has; undefined also while it is away. Never throws. */
  async readRedis(jobId: string): Promise<ProgressReport | undefined> {
    if (!this.#redis?.isUp()) return undefined;
    const raw = await this.#redis.cache.get(progressKey(jobId)).catch(() => null);
    return raw === null ? undefined : parseReport(raw);
  }

  /** What the table has. @throws SDK errors. */
  async readTable(jobId: string): Promise<ProgressReport | undefined> {
    const { Item } = await this.#dynamo.send(new GetCommand({ TableName: this.#table, Key: { jobId } }));
    const report = progressReportSchema.safeParse(Item);
    return report.success ? report.data : undefined;
  }

  /** Tells readers that the record is terminal now. Never throws. */
  async ended(jobId: string): Promise<void> {
    if (!this.#redis?.isUp()) return;
    await this.#redis.cache.publish(progressChannel(jobId), ENDED).catch(() => undefined);
  }

  /** Forgets a job's progress. Redis forgets by itself when it is away. @throws SDK errors. */
  async remove(jobId: string): Promise<void> {
    if (this.#redis?.isUp()) await this.#redis.cache.del(progressKey(jobId)).catch(() => undefined);
    await this.#dynamo.send(new DeleteCommand({ TableName: this.#table, Key: { jobId } }));
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
    const report = message === ENDED ? ENDED : parseReport(message);
    if (report === undefined) return;
    for (const listener of listeners) listener(report);
  }
}

function parseReport(json: string): ProgressReport | undefined {
  try {
    return progressReportSchema.safeParse(JSON.parse(json)).data;
  } catch {
    return undefined;
  }
}
