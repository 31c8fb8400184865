/**
 * Messages to endpoints, each a record of its own: it says whether it was delivered, and when it is tried again. The queue
 * only wakes a notifier; a message that it loses is sent again by the record's reminder.
 */
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { DUE_SHARDS } from '@wavefleet/contracts/resources.ts';
import {
  type StoredDelivery,
  storedDeliverySchema,
  type WebhookAttempt,
} from '@wavefleet/contracts/webhooks.ts';
import { z } from 'zod';
import { isConditionFailed } from '../aws/errors.ts';

const KEPT_SECONDS = 30 * 86_400;
const TRIED_FOR_MS = 24 * 3_600_000;
/** After the message should have been seen, its loss is believed. */
const LOST_AFTER_MS = 60_000;
/** A try takes a few seconds; who took it and died holds it for so long. */
const TAKEN_FOR_MS = 30_000;
const SHOWN_ATTEMPTS = 20;

/** What a new delivery is made of. */
export type NewDelivery = Pick<
  StoredDelivery,
  'id' | 'ownerId' | 'webhookId' | 'messageId' | 'type' | 'jobId' | 'body'
>;

const positionSchema = z.strictObject({ id: z.uuid(), listedUnder: z.string(), createdAt: z.iso.datetime() });
const dueSchema = z.object({ id: z.uuid(), dueAt: z.int() });

export class WebhookDeliveries {
  readonly #dynamo: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(dynamo: DynamoDBDocumentClient, table: string) {
    this.#dynamo = dynamo;
    this.#table = table;
  }

  /** As it is stored; of an id that is there already, as it was: the event came once more. */
  async create(delivery: NewDelivery): Promise<StoredDelivery> {
    const now = Date.now();
    const item: StoredDelivery = {
      ...delivery,
      kind: 'delivery',
      listedUnder: listOf(delivery.webhookId),
      createdAt: new Date(now).toISOString(),
      ttl: Math.floor(now / 1000) + KEPT_SECONDS,
      state: 'pending',
      tries: 0,
      attempts: [],
      notBefore: now,
      giveUpAt: now + TRIED_FOR_MS,
      dueShard: shardOf(delivery.id),
      dueAt: now + LOST_AFTER_MS,
    };
    try {
      await this.#dynamo.send(
        new PutCommand({
          TableName: this.#table,
          Item: item,
          ConditionExpression: 'attribute_not_exists(id)',
        }),
      );
      return item;
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
      return (await this.get(delivery.id)) ?? item;
    }
  }

  async get(id: string): Promise<StoredDelivery | undefined> {
    const { Item } = await this.#dynamo.send(
      new GetCommand({ TableName: this.#table, Key: { id }, ConsistentRead: true }),
    );
    return Item?.kind === 'delivery' ? storedDeliverySchema.parse(Item) : undefined;
  }

  /** An endpoint's, newest first. @throws Failure INVALID_CURSOR. */
  async list(
    webhookId: string,
    { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
  ): Promise<{ deliveries: StoredDelivery[]; nextCursor: string | null }> {
    const listedUnder = listOf(webhookId);
    const { Items = [], LastEvaluatedKey } = await this.#dynamo.send(
      new QueryCommand({
        TableName: this.#table,
        IndexName: 'listed',
        KeyConditionExpression: 'listedUnder = :list',
        ExpressionAttributeValues: { ':list': listedUnder },
        ScanIndexForward: false,
        Limit: limit,
        ExclusiveStartKey: cursor === undefined ? undefined : readCursor(cursor, listedUnder),
      }),
    );
    const nextCursor =
      LastEvaluatedKey === undefined
        ? null
        : Buffer.from(JSON.stringify(positionSchema.parse(LastEvaluatedKey))).toString('base64url');
    return { deliveries: Items.map((item) => storedDeliverySchema.parse(item)), nextCursor };
  }

  /** Deletes all of an endpoint, also those that wait to be sent. May be repeated. @throws SDK errors. */
  async removeAll(webhookId: string): Promise<void> {
    let after: Record<string, unknown> | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await this.#dynamo.send(
        new QueryCommand({
          TableName: this.#table,
          IndexName: 'listed',
          KeyConditionExpression: 'listedUnder = :list',
          ExpressionAttributeValues: { ':list': listOf(webhookId) },
          Limit: 50,
          ExclusiveStartKey: after,
        }),
      );
      const gone = Items.map(({ id }) =>
        this.#dynamo.send(new DeleteCommand({ TableName: this.#table, Key: { id } })),
      );
      await Promise.all(gone);
      after = LastEvaluatedKey;
    } while (after !== undefined);
  }

  /** Takes it for one try, which nobody else makes meanwhile. Undefined when it is not to be tried now. */
  async take(id: string): Promise<StoredDelivery | undefined> {
    const now = Date.now();
    return await this.#update(id, {
      update: 'SET notBefore = :until, dueAt = :due, tries = tries + :one',
      condition: '#state = :pending AND notBefore <= :now',
      values: {
        ':pending': 'pending',
        ':now': now,
        ':until': now + TAKEN_FOR_MS,
        ':due': now + TAKEN_FOR_MS + LOST_AFTER_MS,
        ':one': 1,
      },
    });
  }

  /** Its message was received and is hidden until then (epoch ms). Undefined when it has ended, or is due later anyhow. */
  async seen(id: string, until: number): Promise<StoredDelivery | undefined> {
    return await this.#update(id, {
      update: 'SET dueAt = :due',
      condition: '#state = :pending AND dueAt < :due',
      values: { ':pending': 'pending', ':due': until + LOST_AFTER_MS },
    });
  }

  /** It was delivered, or is given up: no more is tried. */
  async end(taken: StoredDelivery, state: 'delivered' | 'given-up', attempt: WebhookAttempt): Promise<void> {
    await this.#update(taken.id, {
      update: 'SET #state = :state, attempts = :attempts REMOVE dueShard, dueAt',
      condition: '#state = :pending',
      values: { ':pending': 'pending', ':state': state, ':attempts': withLast(taken, attempt) },
    });
  }

  /** It is tried again. @param notBefore epoch ms. */
  async putOff(taken: StoredDelivery, notBefore: number, attempt: WebhookAttempt): Promise<void> {
    await this.#update(taken.id, {
      update: 'SET notBefore = :at, dueAt = :due, attempts = :attempts',
      condition: '#state = :pending',
      values: {
        ':pending': 'pending',
        ':at': notBefore,
        ':due': notBefore + LOST_AFTER_MS,
        ':attempts': withLast(taken, attempt),
      },
    });
  }

  /** It begins anew, whatever became of it. Undefined when it is gone. */
  async again(id: string): Promise<StoredDelivery | undefined> {
    const now = Date.now();
    return await this.#update(id, {
      update:
        'SET #state = :pending, notBefore = :now, giveUpAt = :end, dueShard = :shard, dueAt = :due, tries = :none',
      condition: 'attribute_exists(id)',
      values: {
        ':pending': 'pending',
        ':now': now,
        ':end': now + TRIED_FOR_MS,
        ':shard': shardOf(id),
        ':due': now + LOST_AFTER_MS,
        ':none': 0,
      },
    });
  }

  /** Those of one shard whose message was lost, oldest first. @param now epoch ms. */
  async due(shard: number, now: number): Promise<z.infer<typeof dueSchema>[]> {
    const { Items = [] } = await this.#dynamo.send(
      new QueryCommand({
        TableName: this.#table,
        IndexName: 'due',
        KeyConditionExpression: 'dueShard = :shard AND dueAt <= :now',
        ExpressionAttributeValues: { ':shard': shard, ':now': now },
        Limit: 100,
      }),
    );
    return Items.map((item) => dueSchema.parse(item));
  }

  /** Takes the reminder that was seen; of several notifiers one gets it. */
  async remindLater(id: string, seenDueAt: number, dueAt: number): Promise<StoredDelivery | undefined> {
    return await this.#update(id, {
      update: 'SET dueAt = :next',
      condition: '#state = :pending AND dueAt = :seen',
      values: { ':pending': 'pending', ':seen': seenDueAt, ':next': dueAt },
    });
  }

  async #update(
    id: string,
    { update, condition, values }: { update: string; condition: string; values: Record<string, unknown> },
  ): Promise<StoredDelivery | undefined> {
    const names = `${update} ${condition}`.includes('#state') ? { '#state': 'state' } : undefined;
    try {
      const { Attributes } = await this.#dynamo.send(
        new UpdateCommand({
          TableName: this.#table,
          Key: { id },
          UpdateExpression: update,
          ConditionExpression: condition,
          ExpressionAttributeNames: names,
          ExpressionAttributeValues: values,
          ReturnValues: 'ALL_NEW',
        }),
      );
      return storedDeliverySchema.parse(Attributes);
    } catch (error) {
      if (isConditionFailed(error)) return undefined;
      throw error;
    }
  }
}

function withLast({ attempts }: StoredDelivery, attempt: WebhookAttempt): WebhookAttempt[] {
  return [...attempts, attempt].slice(-SHOWN_ATTEMPTS);
}

function listOf(webhookId: string): string {
  return `webhook:${webhookId}`;
}

function shardOf(id: string): number {
  return Number.parseInt(id.slice(-2), 16) % DUE_SHARDS;
}

function readCursor(cursor: string, listedUnder: string): z.infer<typeof positionSchema> {
  try {
    const position = positionSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    if (position.listedUnder === listedUnder) return position;
  } catch (cause) {
    throw new Failure('INVALID_CURSOR', { cause });
  }
  throw new Failure('INVALID_CURSOR');
}
