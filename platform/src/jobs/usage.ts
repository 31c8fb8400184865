/**
 * Minutes that owners have had converted, by month (UTC): one item a completed job, in the accounts table. It is put before
 * the job's end is announced, by whoever announces it, and is the same however often that happens: so each job counts
 * once, and what a month comes to is the sum of its items. Deleting a job gives no minutes back.
 */
import { type DynamoDBDocumentClient, PutCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import type { Job } from '@wavefleet/contracts/job.ts';
import { z } from 'zod';
import { readable } from '../aws/readable.ts';
import { type PlanConfig, planOf } from '../settings/plans.ts';

const DAY_MS = 86_400_000;
/** Beyond the month, for whoever looks back. */
const KEPT_MS = 93 * DAY_MS;
/** So many months at the most, begun ones included. */
const MONTHS_KEPT = 5;

const usedSchema = z.object({ seconds: z.number().nonnegative() });

export class Usage {
  readonly #dynamo: DynamoDBDocumentClient;
  readonly #config: PlanConfig & { readonly ACCOUNTS_TABLE: string };

  constructor(dynamo: DynamoDBDocumentClient, config: PlanConfig & { readonly ACCOUNTS_TABLE: string }) {
    this.#dynamo = dynamo;
    this.#config = config;
  }

  /**
   * Counts a job that is completed, for the month in which it was made. May be repeated. Nothing is written for jobs that
   * have not succeeded, nor where no plan counts. @throws SDK errors.
   */
  async count({ jobId, ownerId, createdAt, status, input, outputS3Location }: Job): Promise<void> {
    if (status !== 'completed' || planOf(this.#config, ownerId).minutesPerMonth === undefined) return;
    const seconds = input?.durationSeconds ?? outputS3Location?.durationSeconds ?? 0;
    await this.#dynamo.send(
      new PutCommand({
        TableName: this.#config.ACCOUNTS_TABLE,
        Item: {
          id: `used:${jobId}`,
          ownerId: usageListOf(ownerId, createdAt),
          createdAt,
          seconds,
          ttl: Math.floor((Date.parse(createdAt) + KEPT_MS) / 1000),
        },
      }),
    );
  }

  /** Seconds that the owner's completed jobs of that month have read. @param at a moment of it, ISO. @throws SDK errors. */
  async of(ownerId: string, at: string): Promise<number> {
    let ms = 0;
    const items = {
      TableName: this.#config.ACCOUNTS_TABLE,
      IndexName: 'byOwner',
      KeyConditionExpression: 'ownerId = :list',
      ExpressionAttributeValues: { ':list': usageListOf(ownerId, at) },
      ProjectionExpression: 'seconds',
    };
    for await (const { Items } of paginateQuery({ client: this.#dynamo }, items))
      for (const { seconds } of readable(Items ?? [], usedSchema)) ms += Math.round(seconds * 1000);
    return ms / 1000;
  }
}

/** Under which the items of one month stand: no owner can be that. @param at a moment of it, ISO. */
export function usageListOf(ownerId: string, at: string): string {
  return `:used:${at.slice(0, 7)}:${ownerId}`;
}

/** A moment (ISO) of each month of which items are still kept: that of `now` (epoch ms) first. */
export function usageMonthsOf(now: number): string[] {
  const date = new Date(now);
  return Array.from({ length: MONTHS_KEPT }, (_, back) =>
    new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - back, 1)).toISOString(),
  );
}

/** The first moment of the month after that of `now` (epoch ms), ISO. */
export function nextMonth(now: number): string {
  const date = new Date(now);
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1)).toISOString();
}
