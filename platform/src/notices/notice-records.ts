/**
 * Records of notices, each the authority on whether somebody has been told: conditional updates of one item. The queue only
 * wakes a notifier; a message that it loses is sent again by the record's reminder.
 */
import { randomUUID } from 'node:crypto';
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { DUE_SHARDS } from '@wavefleet/contracts/resources.ts';
import type { z } from 'zod';
import { isConditionFailed, unlessRefused } from '../aws/errors.ts';

const KEPT_SECONDS = 30 * 86_400;
/** So long a notice is tried, and not longer. */
export const TRIED_FOR_MS = 24 * 3_600_000;
/** After the message should have been seen, its loss is believed. */
const LOST_AFTER_MS = 60_000;
/** A try takes a few seconds; who took it and died holds it for so long. */
const TAKEN_FOR_MS = 30_000;

/** What records of every kind have. */
interface StoredNotice {
  readonly id: string;
  readonly kind: string;
  readonly createdAt: string;
  readonly ttl: number;
  readonly state: string;
  readonly tries: number;
  readonly notBefore: number;
  readonly giveUpAt: number;
  readonly takenBy?: string | undefined;
  readonly dueShard?: number | undefined;
  readonly dueAt?: number | undefined;
}
/** What {@link NoticeRecords} fills in. */
type Filled = Exclude<keyof StoredNotice, 'id' | 'kind'>;

export class NoticeRecords<Notice extends StoredNotice> {
  protected readonly dynamo: DynamoDBDocumentClient;
  protected readonly table: string;
  readonly #schema: z.ZodType<Notice>;

  /** @param schema of one kind, by which records of others are not there. */
  constructor(dynamo: DynamoDBDocumentClient, table: string, schema: z.ZodType<Notice>) {
    this.dynamo = dynamo;
    this.table = table;
    this.#schema = schema;
  }

  /** As it is stored; of an id that is there already, as it was: the event came once more. @throws SDK errors. */
  protected async add(
    notice: Omit<Notice, Filled> & Pick<Notice, 'id' | 'kind'>,
    {
      waitMs = 0,
      triedForMs = TRIED_FOR_MS,
    }: { readonly waitMs?: number; readonly triedForMs?: number } = {},
  ): Promise<Notice> {
    const now = Date.now();
    const item = this.#schema.parse({
      ...notice,
      createdAt: new Date(now).toISOString(),
      ttl: Math.floor(now / 1000) + KEPT_SECONDS,
      state: 'pending',
      tries: 0,
      notBefore: now + waitMs,
      giveUpAt: now + triedForMs,
      dueShard: Number.parseInt(notice.id.slice(-2), 16) % DUE_SHARDS,
      dueAt: now + waitMs + LOST_AFTER_MS,
    });
    try {
      const ConditionExpression = 'attribute_not_exists(id)';
      await this.dynamo.send(new PutCommand({ TableName: this.table, Item: item, ConditionExpression }));
      return item;
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
      return (await this.get(notice.id)) ?? item;
    }
  }

  async get(id: string): Promise<Notice | undefined> {
    const { Item } = await this.dynamo.send(
      new GetCommand({ TableName: this.table, Key: { id }, ConsistentRead: true }),
    );
    return this.#schema.safeParse(Item).data;
  }

  /**
   * Takes it for one try, which nobody else makes meanwhile. Undefined when it is not to be tried now. Taken by a call whose
   * answer was lost it is taken all the same: else nobody would try until somebody who died would have had his time.
   */
  async take(id: string): Promise<Notice | undefined> {
    const now = Date.now();
    const me = randomUUID();
    const taken = await this.update(id, {
      update: 'SET notBefore = :until, dueAt = :due, tries = tries + :one, takenBy = :me',
      condition: '#state = :pending AND notBefore <= :now',
      values: {
        ':now': now,
        ':until': now + TAKEN_FOR_MS,
        ':due': now + TAKEN_FOR_MS + LOST_AFTER_MS,
        ':one': 1,
        ':me': me,
      },
    });
    const known = taken ?? (await this.get(id));
    return known?.takenBy === me ? known : undefined;
  }

  /** Its message was received and is hidden until then (epoch ms). Undefined when it has ended, or is due later anyhow. */
  async seen(id: string, until: number): Promise<Notice | undefined> {
    return await this.update(id, {
      update: 'SET dueAt = :due',
      condition: '#state = :pending AND dueAt < :due',
      values: { ':due': until + LOST_AFTER_MS },
    });
  }

  /** It is tried no more. @param note what is kept of it, its state included. */
  protected async over(id: string, note: Partial<Notice> & Pick<Notice, 'state'>): Promise<void> {
    const { sets, names, values } = setting(note);
    await this.update(id, {
      update: `SET ${sets.join(', ')} REMOVE dueShard, dueAt`,
      condition: '#state = :pending',
      names,
      values,
    });
  }

  /** It is tried again. @param notBefore epoch ms. @param note what is kept of the try. */
  protected async later(id: string, notBefore: number, note: Partial<Notice>): Promise<void> {
    const { sets, names, values } = setting({ ...note, notBefore, dueAt: notBefore + LOST_AFTER_MS });
    await this.update(id, {
      update: `SET ${sets.join(', ')}`,
      condition: '#state = :pending',
      names,
      values,
    });
  }

  /** It begins anew, whatever became of it. Undefined when it is gone. */
  async again(id: string): Promise<Notice | undefined> {
    const now = Date.now();
    return await this.update(id, {
      update:
        'SET #state = :pending, notBefore = :now, giveUpAt = :end, dueShard = :shard, dueAt = :due, tries = :none',
      condition: 'attribute_exists(id)',
      values: {
        ':now': now,
        ':end': now + TRIED_FOR_MS,
        ':shard': Number.parseInt(id.slice(-2), 16) % DUE_SHARDS,
        ':due': now + LOST_AFTER_MS,
        ':none': 0,
      },
    });
  }

  /** Deletes all that is listed there, whatever became of it. May be repeated. @throws SDK errors. */
  protected async removeListed(listedUnder: string): Promise<void> {
    const items = {
      TableName: this.table,
      IndexName: 'listed',
      KeyConditionExpression: 'listedUnder = :list',
      ExpressionAttributeValues: { ':list': listedUnder },
      Limit: 50,
    };
    for await (const { Items = [] } of paginateQuery({ client: this.dynamo }, items))
      await Promise.all(
        Items.map(({ id }) => this.dynamo.send(new DeleteCommand({ TableName: this.table, Key: { id } }))),
      );
  }

  /** `#state` and `:pending` are there for every expression. Undefined when the condition does not hold. */
  protected async update(
    id: string,
    {
      update,
      condition,
      names = {},
      values,
    }: {
      readonly update: string;
      readonly condition: string;
      readonly names?: Record<string, string>;
      readonly values: Record<string, unknown>;
    },
  ): Promise<Notice | undefined> {
    const expressions = `${update} ${condition}`;
    const command = new UpdateCommand({
      TableName: this.table,
      Key: { id },
      UpdateExpression: update,
      ConditionExpression: condition,
      // DynamoDB takes no names that are not used, and no empty list of them.
      ExpressionAttributeNames: orNone({
        ...names,
        ...(expressions.includes('#state') ? { '#state': 'state' } : {}),
      }),
      ExpressionAttributeValues: {
        ...values,
        ...(expressions.includes(':pending') ? { ':pending': 'pending' } : {}),
      },
      ReturnValues: 'ALL_NEW',
    });
    const changed = await unlessRefused(this.dynamo.send(command));
    return changed && this.#schema.parse(changed.Attributes);
  }
}

/** An assignment for each attribute that is given. */
function setting(attributes: object) {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return {
    sets: given.map(([name]) => `#${name} = :${name}`),
    names: Object.fromEntries(given.map(([name]) => [`#${name}`, name])),
    values: Object.fromEntries(given.map(([name, value]) => [`:${name}`, value])),
  };
}

function orNone<T extends object>(names: T): T | undefined {
  return Object.keys(names).length === 0 ? undefined : names;
}
