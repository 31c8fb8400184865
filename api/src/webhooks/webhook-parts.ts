/** What the routes about webhooks share: whose they are, where they may lead, and how they are shown. */
import { z } from '@hono/zod-openapi';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { askedIdSchema } from '@wavefleet/contracts/job.ts';
import type {
  DeliveryView,
  StoredDelivery,
  StoredWebhook,
  WebhookView,
} from '@wavefleet/contracts/webhooks.ts';
import { forbiddenReason } from '@wavefleet/platform/notices/public-address.ts';
import type { Context } from 'hono';
import type { AppEnv } from '../http/context.ts';
import type { WebhookDeps } from './deps.ts';

/** `{webhookId}` in the path. */
export const webhookParams = z.object({ webhookId: askedIdSchema });

/** The caller's endpoint. @throws Failure WEBHOOK_NOT_FOUND. */
export async function ownedWebhook(
  c: Context<AppEnv>,
  { webhooks }: Pick<WebhookDeps, 'webhooks'>,
  webhookId: string,
): Promise<StoredWebhook> {
  return await webhooks.getOwned(webhookId, c.var.owner.id);
}

/** The same, but for what stands for the addresses of single jobs: it has no address to change or to try. */
export async function ownedEndpoint(...asked: Parameters<typeof ownedWebhook>): Promise<StoredWebhook> {
  const webhook = await ownedWebhook(...asked);
  if (webhook.ofJobs === true) throw new Failure('WEBHOOK_NOT_FOUND');
  return webhook;
}

/** @throws Failure WEBHOOK_URL_FORBIDDEN. Where the name leads is asked each time that something is sent. */
export function requirePublic(url: string, { config }: Pick<WebhookDeps, 'config'>): void {
  const reason = forbiddenReason(url, { allowPrivate: config.WEBHOOK_PRIVATE_ADDRESSES });
  if (reason !== undefined) throw new Failure('WEBHOOK_URL_FORBIDDEN', { detail: { reason } });
}

/** Leaves the secrets out. */
export function webhookView({ id, url, events, enabled, createdAt, updatedAt }: StoredWebhook): WebhookView {
  return { webhookId: id, url, events, enabled, createdAt, updatedAt };
}

/** What was sent, and what became of it. */
export function deliveryView(delivery: StoredDelivery): DeliveryView {
  const { id, messageId, type, jobId, url, state, createdAt, tries, attempts, body, notBefore } = delivery;
  const nextAttemptAt = state === 'pending' ? new Date(notBefore).toISOString() : undefined;
  return {
    deliveryId: id,
    messageId,
    type,
    jobId,
    url,
    state,
    createdAt,
    tries,
    attempts,
    nextAttemptAt,
    body,
  };
}
