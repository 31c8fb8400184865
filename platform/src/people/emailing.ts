/** Whether somebody can be told by e-mail at all. */
import type { Config } from '../config.ts';
import type { Account } from './accounts.ts';

/** Why somebody gets no e-mail, or undefined. A choice of their own is no such reason. */
export type EmailProblem = 'not-offered' | 'not-signed-in' | 'address-not-verified';

/** @param account undefined for who has none. */
export function emailProblem(
  account: Account | undefined,
  { MAIL_FROM }: Pick<Config, 'MAIL_FROM'>,
): EmailProblem | undefined {
  if (MAIL_FROM === undefined) return 'not-offered';
  if (account === undefined) return 'not-signed-in';
  return account.email === undefined || !account.emailVerified ? 'address-not-verified' : undefined;
}
