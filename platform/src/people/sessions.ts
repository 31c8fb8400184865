/**
 * Sessions of people who have signed in. A refresh token is `{sessionId}.{secret}`; each use makes the next one, and one
 * that was used before ends the session, since somebody else has it too.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { isConditionFailed } from '../aws/errors.ts';

const SECRET_BYTES = 32;
const DAY_MS = 86_400_000;
/** A session that nobody uses ends; and so does any, some day. */
const IDLE_DAYS = 30;
const LONGEST_DAYS = 180;
/** Two tabs may ask with one token, and an answer may be lost: for so long that is no theft. */
const GRACE_MS = 10_000;

const tokenSchema = z
  .string()
  .regex(/^[0-9a-f-]{36}\.[\w-]{43}$/)
  .transform((token) => ({ sessionId: token.slice(0, 36), secret: token.slice(37) }));

const sessionSchema = z.object({
  sessionId: z.string(),
  ownerId: z.string(),
  createdAt: z.iso.datetime(),
  secretHash: z.string(),
  previousHash: z.string().optional(),
  /** Epoch ms. */
  rotatedAt: z.int(),
  /** The browser's owner whose jobs and uploads are becoming the account's; absent once all have. */
  adopts: z.string().optional(),
  ttl: z.int(),
});
export type Session = z.infer<typeof sessionSchema>;

/** What became of a refresh token. Without a `token` another one has been given out a moment ago. */
export type Rotation =
  | { readonly outcome: 'fresh'; readonly session: Session; readonly token: string | undefined }
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'reused'; readonly session: Session };

/** The sessions in the accounts table: items `session:{sessionId}`. */
export class Sessions {
  readonly #dynamo: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(dynamo: DynamoDBDocumentClient, table: string) {
    this.#dynamo = dynamo;
    this.#table = table;
  }

  /** @param adopts see {@link Session}. */
  async begin(
    ownerId: string,
    adopts: string | undefined,
    now = Date.now(),
  ): Promise<{ session: Session; token: string }> {
    const secret = newSecret();
    const session: Session = {
      ...{ sessionId: randomUUID(), ownerId, createdAt: new Date(now).toISOString() },
      ...{ secretHash: hashOf(secret), rotatedAt: now, ttl: ttlAt(now) },
      ...(adopts === undefined ? {} : { adopts }),
    };
    const Item = { id: itemOf(session.sessionId), ...session };
    await this.#dynamo.send(new PutCommand({ TableName: this.#table, Item }));
    return { session, token: `${session.sessionId}.${secret}` };
  }

  /** Read consistently; undefined when it has ended. @throws SDK errors. */
  async get(sessionId: string, now = Date.now()): Promise<Session | undefined> {
    const { Item } = await this.#dynamo.send(
      new GetCommand({ TableName: this.#table, Key: { id: itemOf(sessionId) }, ConsistentRead: true }),
    );
    const session = Item === undefined ? undefined : sessionSchema.parse(Item);
    return session === undefined || isOver(session, now) ? undefined : session;
  }

  /** One use of a refresh token. One that was used before ends the session. @throws SDK errors. */
  async rotate(token: string, now = Date.now()): Promise<Rotation> {
    const asked = tokenSchema.safeParse(token);
    if (!asked.success) return { outcome: 'unknown' };
    const { sessionId, secret } = asked.data;
    const before = await this.get(sessionId, now);
    if (before === undefined) return { outcome: 'unknown' };
    const [old, next] = [hashOf(secret), newSecret()];
    try {
      const { Attributes } = await this.#dynamo.send(
        new UpdateCommand({
          TableName: this.#table,
          Key: { id: itemOf(sessionId) },
          UpdateExpression: 'SET secretHash = :next, previousHash = :old, rotatedAt = :now, #ttl = :ttl',
          ConditionExpression: 'secretHash = :old',
          ExpressionAttributeNames: { '#ttl': 'ttl' },
          ExpressionAttributeValues: { ':next': hashOf(next), ':old': old, ':now': now, ':ttl': ttlAt(now) },
          ReturnValues: 'ALL_NEW',
        }),
      );
      return { outcome: 'fresh', session: sessionSchema.parse(Attributes), token: `${sessionId}.${next}` };
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
    }
    const session = await this.get(sessionId, now);
    if (session === undefined) return { outcome: 'unknown' };
    if (session.previousHash === old && now - session.rotatedAt < GRACE_MS)
      return { outcome: 'fresh', session, token: undefined };
    await this.end(sessionId);
    return { outcome: 'reused', session };
  }

  /** From now on its tokens are none. May be repeated. @throws SDK errors. */
  async end(sessionId: string): Promise<void> {
    await this.#dynamo.send(new DeleteCommand({ TableName: this.#table, Key: { id: itemOf(sessionId) } }));
  }

  /** All that the browser had is the account's. @throws SDK errors. */
  async hasAdopted(sessionId: string): Promise<void> {
    const command = new UpdateCommand({
      TableName: this.#table,
      Key: { id: itemOf(sessionId) },
      UpdateExpression: 'REMOVE adopts',
      ConditionExpression: 'attribute_exists(id)',
    });
    await this.#dynamo.send(command).catch((error: unknown) => {
      if (!isConditionFailed(error)) throw error;
    });
  }
}

function isOver({ createdAt, ttl }: Session, now: number): boolean {
  return ttl * 1000 <= now || Date.parse(createdAt) + LONGEST_DAYS * DAY_MS <= now;
}

const ttlAt = (now: number): number => Math.floor((now + IDLE_DAYS * DAY_MS) / 1000);
const newSecret = (): string => randomBytes(SECRET_BYTES).toString('base64url');
const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');
const itemOf = (sessionId: string): string => `session:${sessionId}`;
