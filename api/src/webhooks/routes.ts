/** Every route about webhooks. */
import { join, type Router } from '../http/context.ts';
import { changeWebhook } from './change-webhook.ts';
import { createWebhook } from './create-webhook.ts';
import { deleteWebhook } from './delete-webhook.ts';
import type { WebhookDeps } from './deps.ts';
import { jobWebhooks } from './job-webhooks.ts';
import { listDeliveries } from './list-deliveries.ts';
import { listWebhooks } from './list-webhooks.ts';
import { renewSecret } from './renew-secret.ts';
import { replayDelivery } from './replay-delivery.ts';
import { testWebhook } from './test-webhook.ts';

/** `/api/webhooks` and what is below it, and `/api/job-webhooks`. */
export function webhookRoutes(deps: WebhookDeps): Router {
  return join([
    createWebhook(deps),
    listWebhooks(deps),
    changeWebhook(deps),
    deleteWebhook(deps),
    renewSecret(deps),
    testWebhook(deps),
    listDeliveries(deps),
    replayDelivery(deps),
    jobWebhooks(deps),
  ]);
}
