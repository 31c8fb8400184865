/** Sign-ins under way: what has to be the same when the browser comes back from its provider, once. */
import { randomUUID } from 'node:crypto';
import { DeleteCommand, type DynamoDBDocumentClient, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { unlessRefused } from '../aws/errors.ts';
import { hashOf } from '../secret.ts';

/** A person has so long to sign in there. */
const PATIENCE_MS = 600_000;

const signInSchema = z.object({
  provider: z.string(),
  /** PKCE (RFC 7636), and OpenID Connect's nonce. */
  verifier: z.string(),
  nonce: z.string(),
  /** Hash of the cookie of the browser that began it: nobody can have another one come back in its place. */
  browser: z.string(),
  /** The path to go on at. */
  next: z.string(),
  expiresAt: z.int(),
});
export type SignIn = z.infer<typeof signInSchema>;

/** The sign-ins in the accounts table: items `sign-in:{hash of state}`. */
export class SignIns {
  readonly #dynamo: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(dynamo: DynamoDBDocumentClient, table: string) {
    this.#dynamo = dynamo;
    this.#table = table;
  }

  async begin(state: string, signIn: Omit<SignIn, 'expiresAt'>, now = Date.now()): Promise<void> {
    const expiresAt = now + PATIENCE_MS;
    const Item = { id: itemOf(state), ...signIn, expiresAt, ttl: Math.ceil(expiresAt / 1000) };
    await this.#dynamo.send(new PutCommand({ TableName: this.#table, Item }));
  }

  /**
   * Takes it out: a state works once. Undefined for one that is unknown, was used, or is too old. Who takes it says so in the
   * item first, and so knows itself again where the answer is lost and the SDK asks once more. @throws SDK errors.
   */
  async take(state: string, now = Date.now()): Promise<SignIn | undefined> {
    const item = { TableName: this.#table, Key: { id: itemOf(state) } };
    const mark = new UpdateCommand({
      ...item,
      UpdateExpression: 'SET takenBy = :me',
      ConditionExpression: 'attribute_exists(id) AND (attribute_not_exists(takenBy) OR takenBy = :me)',
      ExpressionAttributeValues: { ':me': randomUUID() },
      ReturnValues: 'ALL_NEW',
    });
    const marked = await unlessRefused(this.#dynamo.send(mark));
    if (marked === undefined) return undefined;
    // Of no use to anybody any more; what stays expires.
    await this.#dynamo.send(new DeleteCommand(item)).catch(() => undefined);
    const signIn = signInSchema.parse(marked.Attributes);
    return signIn.expiresAt <= now ? undefined : signIn;
  }
}

const itemOf = (state: string): string => `sign-in:${hashOf(state)}`;
