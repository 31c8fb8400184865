/**
 * Sessions of people who have signed in. A refresh token is `{sessionId}.{secret}`; each use makes the next one. One that
 * was used before ends the session, since somebody else has it too, unless its successor may never have arrived: then
 * it gives that one again.
 */
import { createHmac, randomUUID } from 'node:crypto';
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { isConditionFailed, unlessRefused } from '../aws/errors.ts';
import { hashOf, newSecret } from '../secret.ts';

const DAY_MS = 86_400_000;
/** A session that nobody uses ends; and so does any, some day. */
const IDLE_DAYS = 30;
const LONGEST_DAYS = 180;
/** Two tabs may ask with one token: for so long that is no theft. Clocks of two processes may differ by as much. */
const GRACE_MS = 60_000;

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
  /** Makes the present secret from the one before, for whom the answer with it was lost; no secret without that. */
  step: z.string().optional(),
  /** Epoch ms. Tells apart which tokens were given out together. */
  rotatedAt: z.int(),
  /** The `rotatedAt` of tokens of which one has come back: their answer was not lost. */
  arrived: z.int().optional(),
  /** The browser's owner whose jobs and uploads are becoming the account's; absent once all have. */
  adopts: z.string().optional(),
  ttl: z.int(),
});
export type Session = z.infer<typeof sessionSchema>;

/** What became of a refresh token. */
export type Rotation =
  | { readonly outcome: 'fresh'; readonly session: Session; readonly token: string }
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
      sessionId: randomUUID(),
      ownerId,
      createdAt: new Date(now).toISOString(),
      secretHash: hashOf(secret),
      rotatedAt: now,
      ttl: ttlAt(now),
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

  /**
   * One use of a refresh token. Who comes with the one before gets the same successor again, for a minute, and for as
   * long as nothing that was given out with it has {@link arrive}d; any other one ends the session. @throws SDK errors.
   */
  async rotate(token: string, now = Date.now()): Promise<Rotation> {
    const asked = tokenSchema.safeParse(token);
    if (!asked.success) return { outcome: 'unknown' };
    const { sessionId, secret } = asked.data;
    const before = await this.get(sessionId, now);
    if (before === undefined) return { outcome: 'unknown' };
    const [old, step] = [hashOf(secret), newSecret()];
    const next = successorOf(secret, step);
    try {
      const { Attributes } = await this.#dynamo.send(
        new UpdateCommand({
          TableName: this.#table,
          Key: { id: itemOf(sessionId) },
          UpdateExpression:
            'SET secretHash = :next, previousHash = :old, step = :step, rotatedAt = :now, #ttl = :ttl',
          ConditionExpression: 'secretHash = :old',
          ExpressionAttributeNames: { '#ttl': 'ttl' },
          ExpressionAttributeValues: {
            ':next': hashOf(next),
            ':old': old,
            ':step': step,
            ':now': now,
            ':ttl': ttlAt(now),
          },
          ReturnValues: 'ALL_NEW',
        }),
      );
      return { outcome: 'fresh', session: sessionSchema.parse(Attributes), token: `${sessionId}.${next}` };
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
    }
    const session = await this.get(sessionId, now);
    if (session === undefined) return { outcome: 'unknown' };
    const mayBeLost = session.arrived !== session.rotatedAt || now - session.rotatedAt < GRACE_MS;
    if (session.previousHash === old && session.step !== undefined && mayBeLost)
      return { outcome: 'fresh', session, token: `${sessionId}.${successorOf(secret, session.step)}` };
    await this.end(sessionId);
    return { outcome: 'reused', session };
  }

  /**
   * An access token has come back that was given out at that rotation. Never throws: it is said again with the next
   * request.
   */
  async arrive({ sessionId, rotatedAt }: Pick<Session, 'sessionId' | 'rotatedAt'>): Promise<void> {
    const command = new UpdateCommand({
      TableName: this.#table,
      Key: { id: itemOf(sessionId) },
      UpdateExpression: 'SET arrived = :at',
      ConditionExpression: 'rotatedAt = :at',
      ExpressionAttributeValues: { ':at': rotatedAt },
    });
    await this.#dynamo.send(command).catch(() => undefined);
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
    await unlessRefused(this.#dynamo.send(command));
  }
}

function isOver({ createdAt, ttl }: Session, now: number): boolean {
  return ttl * 1000 <= now || Date.parse(createdAt) + LONGEST_DAYS * DAY_MS <= now;
}

const ttlAt = (now: number): number => Math.floor((now + IDLE_DAYS * DAY_MS) / 1000);
/** Neither who has the table nor who has another token of the session can make it. */
const successorOf = (secret: string, step: string): string =>
  createHmac('sha256', step).update(secret).digest('base64url');
const itemOf = (sessionId: string): string => `session:${sessionId}`;
