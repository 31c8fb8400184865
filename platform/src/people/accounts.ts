/**
 * Accounts: who has signed in. An account is one identity at one provider, `(issuer, subject)`, and never an e-mail
 * address, which two providers may give to two people.
 */
import { createHash } from 'node:crypto';
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type EmailNotices, emailNoticesSchema } from '@wavefleet/contracts/mails.ts';
import { z } from 'zod';
import { unlessRefused } from '../aws/errors.ts';
import { newSecret } from '../secret.ts';

/** What a provider says of somebody. */
export interface Identity {
  /** The name of the provider in the settings, such as `google`. */
  readonly provider: string;
  readonly issuer: string;
  readonly subject: string;
  readonly name: string;
  readonly email?: string | undefined;
  readonly emailVerified: boolean;
}

const accountSchema = z.object({
  ownerId: z.string(),
  provider: z.string(),
  name: z.string(),
  email: z.string().optional(),
  emailVerified: z.boolean(),
  createdAt: z.string(),
  signedInAt: z.string(),
  /** Which jobs it gets e-mails about, where such are sent and its address is verified. */
  emailNotices: emailNoticesSchema.default('asked'),
  /** What signs the links by which e-mails are stopped. Absent while it never had a say in them. */
  mailKey: z.string().optional(),
});
export type Account = z.infer<typeof accountSchema>;

/** Of every account's owner id, and of no other's. */
const PREFIX = 'account:';

/** Whether the owner is an account, asked for by whichever of its browsers and keys. */
export function isAccount(ownerId: string): boolean {
  return ownerId.startsWith(PREFIX);
}

/** The accounts in the table of that name: the id of an item is that of the owner. */
export class Accounts {
  readonly #dynamo: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(dynamo: DynamoDBDocumentClient, table: string) {
    this.#dynamo = dynamo;
    this.#table = table;
  }

  /** The account of that identity, made when it is new, with what its provider says now. @throws SDK errors. */
  async signedIn(identity: Identity, now = Date.now()): Promise<Account> {
    const { issuer, subject, provider, name, email, emailVerified } = identity;
    const ownerId = ownerIdOf(issuer, subject);
    const at = new Date(now).toISOString();
    const { Attributes } = await this.#dynamo.send(
      new UpdateCommand({
        TableName: this.#table,
        Key: { id: ownerId },
        UpdateExpression:
          'SET ownerId = :id, provider = :provider, issuer = :issuer, subject = :subject, #name = :name, ' +
          `emailVerified = :verified, signedInAt = :at, createdAt = if_not_exists(createdAt, :at)${
            email === undefined ? ' REMOVE email' : ', email = :email'
          }`,
        ExpressionAttributeNames: { '#name': 'name' },
        ExpressionAttributeValues: {
          ':id': ownerId,
          ':provider': provider,
          ':issuer': issuer,
          ':subject': subject,
          ':name': name,
          ':verified': emailVerified,
          ':at': at,
          ...(email === undefined ? {} : { ':email': email }),
        },
        ReturnValues: 'ALL_NEW',
      }),
    );
    return accountSchema.parse(Attributes);
  }

  /**
   * The account as it is then, with a key that signs.
   * @param emailNotices default: as it is.
   * @returns undefined for an account that is not there. @throws SDK errors.
   */
  async setEmailNotices(ownerId: string, emailNotices?: EmailNotices): Promise<Account | undefined> {
    const command = new UpdateCommand({
      TableName: this.#table,
      Key: { id: ownerId },
      UpdateExpression: `SET mailKey = if_not_exists(mailKey, :key)${
        emailNotices === undefined ? '' : ', emailNotices = :notices'
      }`,
      ConditionExpression: 'attribute_exists(id)',
      ExpressionAttributeValues: {
        ':key': newSecret(),
        ...(emailNotices === undefined ? {} : { ':notices': emailNotices }),
      },
      ReturnValues: 'ALL_NEW',
    });
    const changed = await unlessRefused(this.#dynamo.send(command));
    return changed && accountSchema.parse(changed.Attributes);
  }

  /** @throws SDK errors. */
  async get(ownerId: string): Promise<Account | undefined> {
    const { Item } = await this.#dynamo.send(
      new GetCommand({ TableName: this.#table, Key: { id: ownerId } }),
    );
    return Item === undefined ? undefined : accountSchema.parse(Item);
  }
}

/** The same person at the same provider is always the same owner; neither can be read from it. */
function ownerIdOf(issuer: string, subject: string): string {
  return `${PREFIX}${createHash('sha256')
    .update(JSON.stringify([issuer, subject]))
    .digest('base64url')}`;
}
