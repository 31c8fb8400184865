/** Who is told of the end of one job, besides those who are told of all: whether that can be done is said at submission. */
import { Failure } from '@wavefleet/contracts/failure.ts';
import { forbiddenReason } from '@wavefleet/platform/notices/public-address.ts';
import { isAccount } from '@wavefleet/platform/people/accounts.ts';
import { emailProblem } from '@wavefleet/platform/people/emailing.ts';
import type { JobDeps } from './deps.ts';
import type { Order } from './order.ts';

/** @throws Failure EMAIL_UNAVAILABLE, WEBHOOK_URL_FORBIDDEN. SDK errors. */
export async function requireNotices(
  { accounts, config }: Pick<JobDeps, 'accounts' | 'config'>,
  { email, webhookUrl, ownerId }: Pick<Order, 'email' | 'webhookUrl' | 'ownerId'>,
): Promise<void> {
  if (webhookUrl !== undefined) {
    const reason = forbiddenReason(webhookUrl, { allowPrivate: config.WEBHOOK_PRIVATE_ADDRESSES });
    if (reason !== undefined) throw new Failure('WEBHOOK_URL_FORBIDDEN', { detail: { reason } });
  }
  if (email !== true) return;
  // It has a key to stop e-mails with before it gets any.
  const account = isAccount(ownerId) ? await accounts.setEmailNotices(ownerId) : undefined;
  const reason = emailProblem(account, config);
  if (reason !== undefined) throw new Failure('EMAIL_UNAVAILABLE', { detail: { reason } });
}
