/** Messages to endpoints of webhooks: each a record of its own, with what its tries came to. */
import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { Failure } from '@wavefleet/contracts/failure.ts';
import {
  type StoredDelivery,
  storedDeliverySchema,
  type WebhookAttempt,
} from '@wavefleet/contracts/webhooks.ts';
import { z } from 'zod';
import { decodeCursor, encodeCursor } from '../aws/cursor.ts';
import { readable } from '../aws/readable.ts';
import { NoticeRecords, TRIED_FOR_MS } from './notice-records.ts';

/** Whoever asks for a test looks at what becomes of it, and asks again. */
const TEST_TRIED_FOR_MS = 60_000;
const SHOWN_ATTEMPTS = 20;

/** What a new delivery is made of. */
export type NewDelivery = Pick<
  StoredDelivery,
  'id' | 'ownerId' | 'webhookId' | 'messageId' | 'type' | 'jobId' | 'url' | 'body'
>;

const positionSchema = z.strictObject({ id: z.uuid(), listedUnder: z.string(), createdAt: z.iso.datetime() });

export class WebhookDeliveries extends NoticeRecords<StoredDelivery> {
  constructor(dynamo: DynamoDBDocumentClient, table: string) {
    super(dynamo, table, storedDeliverySchema);
  }

  /** As it is stored; of an id that is there already, as it was: the event came once more. @throws SDK errors. */
  async create(delivery: NewDelivery): Promise<StoredDelivery> {
    const triedForMs = delivery.type === 'webhook.test' ? TEST_TRIED_FOR_MS : TRIED_FOR_MS;
    return await this.add(
      { ...delivery, kind: 'delivery', listedUnder: listOf(delivery.webhookId), attempts: [] },
      { triedForMs },
    );
  }

  /** An endpoint's, newest first. @throws Failure INVALID_CURSOR. */
  async list(
    webhookId: string,
    { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
  ): Promise<{ deliveries: StoredDelivery[]; nextCursor: string | null }> {
    const listedUnder = listOf(webhookId);
    const { Items = [], LastEvaluatedKey } = await this.dynamo.send(
      new QueryCommand({
        TableName: this.table,
        IndexName: 'listed',
        KeyConditionExpression: 'listedUnder = :list',
        ExpressionAttributeValues: { ':list': listedUnder },
        ScanIndexForward: false,
        Limit: limit,
        ExclusiveStartKey: cursor === undefined ? undefined : readCursor(cursor, listedUnder),
      }),
    );
    const nextCursor = encodeCursor(LastEvaluatedKey && positionSchema.parse(LastEvaluatedKey));
    return { deliveries: readable(Items, storedDeliverySchema), nextCursor };
  }

  /** Deletes all of an endpoint, also those that wait to be sent. May be repeated. @throws SDK errors. */
  async removeAll(webhookId: string): Promise<void> {
    await this.removeListed(listOf(webhookId));
  }

  /** It was delivered, or is given up: no more is tried. */
  async end(taken: StoredDelivery, state: 'delivered' | 'given-up', attempt: WebhookAttempt): Promise<void> {
    await this.over(taken.id, { state, attempts: withLast(taken, attempt) });
  }

  /** It is tried again. @param notBefore epoch ms. */
  async putOff(taken: StoredDelivery, notBefore: number, attempt: WebhookAttempt): Promise<void> {
    await this.later(taken.id, notBefore, { attempts: withLast(taken, attempt) });
  }
}

function withLast({ attempts }: StoredDelivery, attempt: WebhookAttempt): WebhookAttempt[] {
  return [...attempts, attempt].slice(-SHOWN_ATTEMPTS);
}

function listOf(webhookId: string): string {
  return `webhook:${webhookId}`;
}

function readCursor(cursor: string, listedUnder: string): z.infer<typeof positionSchema> {
  const position = decodeCursor(cursor, positionSchema);
  if (position.listedUnder === listedUnder) return position;
  throw new Failure('INVALID_CURSOR');
}
