/**
 * API keys: who may ask without a browser. Of a key only its SHA-256 is stored, and its id is the beginning of that, so
 * that a key is found by itself and its id gives nothing away.
 */
import { timingSafeEqual } from 'node:crypto';
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { keyTokenSchema, keyViewSchema, type Scope } from '@wavefleet/contracts/people.ts';
import { z } from 'zod';
import { readable } from '../aws/readable.ts';
import { hashOf, newSecret } from '../secret.ts';

const ID_LENGTH = 32;
const DAY_MS = 86_400_000;
/** An expired key is still listed for so long, so that its owner sees why it no longer works. */
const SHOWN_AFTER_EXPIRY_DAYS = 30;
/** Keys of one owner. */
const MAX_KEYS = 50;

const storedKeySchema = keyViewSchema.extend({ ownerId: z.string(), hash: z.string() });
/** A key with its owner. */
export type StoredKey = z.infer<typeof storedKeySchema>;

/** What a new key shall be. */
export interface KeyOrder {
  readonly ownerId: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresInDays: number;
}

/** The keys in the accounts table: items `key:{keyId}`. */
export class ApiKeys {
  readonly #dynamo: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(dynamo: DynamoDBDocumentClient, table: string) {
    this.#dynamo = dynamo;
    this.#table = table;
  }

  /**
   * A new key. The token is nowhere but in this answer.
   * @throws Failure KEYS_LIMIT; keys made in the same moment may be a few more.
   */
  async make(
    { expiresInDays, ...order }: KeyOrder,
    now = Date.now(),
  ): Promise<{ key: StoredKey; token: string }> {
    if ((await this.list(order.ownerId)).length >= MAX_KEYS) {
      throw new Failure('KEYS_LIMIT', { detail: { limit: MAX_KEYS } });
    }
    const token = `wf_live_${newSecret()}`;
    const hash = hashOf(token);
    const expiresAtMs = now + expiresInDays * DAY_MS;
    const key: StoredKey = {
      keyId: keyIdOf(hash),
      hash,
      ...order,
      scopes: [...order.scopes],
      createdAt: new Date(now).toISOString(),
      expiresAt: new Date(expiresAtMs).toISOString(),
    };
    const ttl = Math.ceil((expiresAtMs + SHOWN_AFTER_EXPIRY_DAYS * DAY_MS) / 1000);
    const Item = { id: itemOf(key.keyId), ...key, ttl };
    await this.#dynamo.send(new PutCommand({ TableName: this.#table, Item }));
    return { key, token };
  }

  /** The key that the token is, expired or not; undefined for what is none, or no longer. @throws SDK errors. */
  async find(token: string): Promise<StoredKey | undefined> {
    if (!keyTokenSchema.safeParse(token).success) return undefined;
    const hash = hashOf(token);
    const Key = { id: itemOf(keyIdOf(hash)) };
    const { Item } = await this.#dynamo.send(
      new GetCommand({ TableName: this.#table, Key, ConsistentRead: true }),
    );
    if (Item === undefined) return undefined;
    const key = storedKeySchema.parse(Item);
    return timingSafeEqual(Buffer.from(key.hash), Buffer.from(hash)) ? key : undefined;
  }

  /** An owner's keys, newest first; one that was made a moment ago may be missing. @throws SDK errors. */
  async list(ownerId: string): Promise<StoredKey[]> {
    const keys: StoredKey[] = [];
    // The index has the owner's account and sessions as well, and those may be more than one answer holds.
    const items = {
      TableName: this.#table,
      IndexName: 'byOwner',
      KeyConditionExpression: 'ownerId = :owner',
      FilterExpression: 'begins_with(id, :keys)',
      ExpressionAttributeValues: { ':owner': ownerId, ':keys': itemOf('') },
      ScanIndexForward: false,
    };
    for await (const { Items } of paginateQuery({ client: this.#dynamo }, items))
      keys.push(...readable(Items ?? [], storedKeySchema));
    return keys;
  }

  /** From now on it is no key. @throws Failure KEY_NOT_FOUND, also for a foreign one. SDK errors. */
  async revoke(ownerId: string, keyId: string): Promise<void> {
    const Key = { id: itemOf(keyId) };
    // Looked at first: at the second try of a deletion whose answer was lost it is gone, and whose it was nobody knows.
    const { Item } = await this.#dynamo.send(
      new GetCommand({ TableName: this.#table, Key, ConsistentRead: true }),
    );
    if (Item?.ownerId !== ownerId) throw new Failure('KEY_NOT_FOUND');
    // Ids are never given twice, and keys change no hands.
    await this.#dynamo.send(new DeleteCommand({ TableName: this.#table, Key }));
  }

  /** Notes that it was used. Never throws: the request goes on, whatever the table says. */
  async used(keyId: string, now = Date.now()): Promise<void> {
    const command = new UpdateCommand({
      TableName: this.#table,
      Key: { id: itemOf(keyId) },
      UpdateExpression: 'SET lastUsedAt = :now',
      ConditionExpression: 'attribute_exists(id)',
      ExpressionAttributeValues: { ':now': new Date(now).toISOString() },
    });
    await this.#dynamo.send(command).catch(() => undefined);
  }
}

/** The id of the key that a token would be. */
export function keyIdOfToken(token: string): string {
  return keyIdOf(hashOf(token));
}

const keyIdOf = (hash: string): string => hash.slice(0, ID_LENGTH);
const itemOf = (keyId: string): string => `key:${keyId}`;
