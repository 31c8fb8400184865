/** Webhook endpoints of owners: address, what they are told of, and the secret that signs. */
import { randomBytes, randomUUID } from 'node:crypto';
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { Failure } from '@wavefleet/contracts/failure.ts';
import {
  MAX_WEBHOOKS,
  type StoredWebhook,
  storedWebhookSchema,
  type WebhookSettings,
  webhookEvents,
} from '@wavefleet/contracts/webhooks.ts';
import { isConditionFailed } from '../aws/errors.ts';
import { readable } from '../aws/readable.ts';
import { derivedJobId } from '../jobs/ids.ts';

const SECRET_BYTES = 32;
/** So long messages carry a signature by the former secret as well. */
const FORMER_SECRET_MS = 24 * 3_600_000;

export class WebhookEndpoints {
  readonly #dynamo: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(dynamo: DynamoDBDocumentClient, table: string) {
    this.#dynamo = dynamo;
    this.#table = table;
  }

  /** @throws Failure WEBHOOKS_LIMIT; those made in the same moment may be a few more. SDK errors. */
  async create(ownerId: string, asked: WebhookSettings): Promise<StoredWebhook> {
    if ((await this.list(ownerId)).length >= MAX_WEBHOOKS)
      throw new Failure('WEBHOOKS_LIMIT', { detail: { limit: MAX_WEBHOOKS } });
    const now = new Date().toISOString();
    const webhook: StoredWebhook = {
      id: randomUUID(),
      kind: 'webhook',
      ownerId,
      listedUnder: listOf(ownerId),
      createdAt: now,
      updatedAt: now,
      ...asked,
      secret: newSecret(),
    };
    await this.#dynamo.send(new PutCommand({ TableName: this.#table, Item: webhook }));
    return webhook;
  }

  /** What stands for the addresses of single jobs of that owner, made when it is first asked for. @throws SDK errors. */
  async ofJobs(ownerId: string): Promise<StoredWebhook> {
    const id = idOfJobs(ownerId);
    const known = await this.get(id);
    if (known !== undefined) return known;
    const now = new Date().toISOString();
    const webhook: StoredWebhook = {
      id,
      kind: 'webhook',
      ownerId,
      listedUnder: `jobs-of:${ownerId}`,
      ofJobs: true,
      createdAt: now,
      updatedAt: now,
      url: '',
      events: [...webhookEvents],
      enabled: true,
      secret: newSecret(),
    };
    try {
      const ConditionExpression = 'attribute_not_exists(id)';
      await this.#dynamo.send(new PutCommand({ TableName: this.#table, Item: webhook, ConditionExpression }));
      return webhook;
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
      return (await this.get(id)) ?? webhook;
    }
  }

  /** The owner's, oldest first. One that was made a moment ago may be missing: an index is read. */
  async list(ownerId: string): Promise<StoredWebhook[]> {
    const { Items = [] } = await this.#dynamo.send(
      new QueryCommand({
        TableName: this.#table,
        IndexName: 'listed',
        KeyConditionExpression: 'listedUnder = :owner',
        ExpressionAttributeValues: { ':owner': listOf(ownerId) },
      }),
    );
    return readable(Items, storedWebhookSchema);
  }

  async get(id: string): Promise<StoredWebhook | undefined> {
    const { Item } = await this.#dynamo.send(
      new GetCommand({ TableName: this.#table, Key: { id }, ConsistentRead: true }),
    );
    // A delivery's id is no endpoint's.
    return Item?.kind === 'webhook' ? storedWebhookSchema.parse(Item) : undefined;
  }

  /** @throws Failure WEBHOOK_NOT_FOUND also for a foreign one. */
  async getOwned(id: string, ownerId: string): Promise<StoredWebhook> {
    const webhook = await this.get(id);
    if (webhook === undefined || webhook.ownerId !== ownerId) throw new Failure('WEBHOOK_NOT_FOUND');
    return webhook;
  }

  /** @throws Failure WEBHOOK_NOT_FOUND when it is gone by now. */
  async change(id: string, asked: Partial<WebhookSettings>): Promise<StoredWebhook> {
    const given = Object.entries(asked).filter(([, value]) => value !== undefined);
    return await this.#update(id, {
      set: given.map(([name]) => `#${name} = :${name}`),
      names: Object.fromEntries(given.map(([name]) => [`#${name}`, name])),
      values: Object.fromEntries(given.map(([name, value]) => [`:${name}`, value])),
    });
  }

  /** Its receiver wants no more. Nothing happens when it was deleted by now, or leads elsewhere. */
  async switchOff({ id, url }: StoredWebhook): Promise<void> {
    const change = {
      set: ['enabled = :off'],
      names: { '#url': 'url' },
      values: { ':off': false, ':url': url },
      condition: '#url = :url',
    };
    await this.#update(id, change).catch((error: unknown) => {
      if (!(error instanceof Failure)) throw error;
    });
  }

  /** Another secret; the former one signs besides for a day. @throws Failure WEBHOOK_NOT_FOUND. */
  async renewSecret({ id, secret }: StoredWebhook): Promise<StoredWebhook> {
    return await this.#update(id, {
      set: ['secret = :new', 'formerSecret = :former', 'formerUntil = :until'],
      names: {},
      values: { ':new': newSecret(), ':former': secret, ':until': Date.now() + FORMER_SECRET_MS },
    });
  }

  /** May be repeated. Its deliveries are of no use without it, and expire. */
  async remove(id: string): Promise<void> {
    await this.#dynamo.send(new DeleteCommand({ TableName: this.#table, Key: { id } }));
  }

  async #update(
    id: string,
    {
      set,
      names,
      values,
      condition = 'attribute_exists(id)',
    }: {
      set: string[];
      names: Record<string, string>;
      values: Record<string, unknown>;
      condition?: string;
    },
  ): Promise<StoredWebhook> {
    try {
      const { Attributes } = await this.#dynamo.send(
        new UpdateCommand({
          TableName: this.#table,
          Key: { id },
          UpdateExpression: `SET ${[...set, 'updatedAt = :now'].join(', ')}`,
          ConditionExpression: condition,
          ...(Object.keys(names).length === 0 ? {} : { ExpressionAttributeNames: names }),
          ExpressionAttributeValues: { ...values, ':now': new Date().toISOString() },
          ReturnValues: 'ALL_NEW',
        }),
      );
      return storedWebhookSchema.parse(Attributes);
    } catch (error) {
      if (isConditionFailed(error)) throw new Failure('WEBHOOK_NOT_FOUND');
      throw error;
    }
  }
}

/** Those whose signatures a message carries now, the newest first. @param now epoch ms. */
export function signingSecrets(
  { secret, formerSecret, formerUntil = 0 }: StoredWebhook,
  now: number,
): string[] {
  return formerSecret !== undefined && formerUntil > now ? [secret, formerSecret] : [secret];
}

/** The id of what stands for the addresses of single jobs of that owner, whether or not it is there. */
export function idOfJobs(ownerId: string): string {
  return derivedJobId('webhooks-of-jobs', ownerId);
}

function listOf(ownerId: string): string {
  return `owner:${ownerId}`;
}

function newSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
}
