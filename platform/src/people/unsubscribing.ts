/**
 * Links by which e-mails are stopped, without signing in: the account, and a signature by its own key (HMAC-SHA-256). They
 * can do nothing else, and never expire: an e-mail may be old.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Account, Accounts } from './accounts.ts';

const tokenPattern = /^([\w-]{43})\.([\w-]{43})$/;

/** For an account that has a key; undefined for others. */
export function unsubscribeToken({ ownerId, mailKey }: Account): string | undefined {
  return mailKey === undefined ? undefined : `${nameOf(ownerId)}.${signatureOf(ownerId, mailKey)}`;
}

/** The account that a link was given to, or undefined for one that was never given. @throws SDK errors. */
export async function accountOfToken(
  accounts: Pick<Accounts, 'get'>,
  token: string,
): Promise<Account | undefined> {
  const [, name, signature] = tokenPattern.exec(token) ?? [];
  if (name === undefined || signature === undefined) return undefined;
  const account = await accounts.get(`account:${name}`);
  if (account?.mailKey === undefined) return undefined;
  const expected = Buffer.from(signatureOf(account.ownerId, account.mailKey));
  return timingSafeEqual(expected, Buffer.from(signature)) ? account : undefined;
}

function nameOf(ownerId: string): string {
  return ownerId.slice(ownerId.indexOf(':') + 1);
}

function signatureOf(ownerId: string, key: string): string {
  return createHmac('sha256', key).update(`unsubscribe:${ownerId}`).digest('base64url');
}
