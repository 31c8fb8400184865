/** `POST /api/webhooks/{webhookId}/test`: a message to try the receiver with. */
import { randomUUID } from 'node:crypto';
import { createRoute } from '@hono/zod-openapi';
import { deliveryViewSchema, type StoredDelivery } from '@wavefleet/contracts/webhooks.ts';
import { type Router, router } from '../http/context.ts';
import { errorAnswers, jsonAnswer } from '../http/route-parts.ts';
import type { WebhookDeps } from './deps.ts';
import { deliveryView, ownedEndpoint, webhookParams } from './webhook-parts.ts';

const route = createRoute({
  method: 'post',
  path: '/api/webhooks/{webhookId}/test',
  summary: 'Send a test message',
  description:
    'Its type is `webhook.test`. It is also sent to a webhook that is switched off, and retried for a minute.',
  request: { params: webhookParams },
  responses: {
    202: jsonAnswer('The delivery, as the list of deliveries shows it too.', deliveryViewSchema),
    ...errorAnswers('INVALID_ID', 'CSRF_REJECTED', 'WEBHOOK_NOT_FOUND'),
  },
});

export const testWebhook = (deps: WebhookDeps): Router =>
  router().openapi(route, async (c) => {
    const { id: webhookId, ownerId } = await ownedEndpoint(c, deps, c.req.valid('param').webhookId);
    const { webhookDeliveries, notices } = deps;
    const id = randomUUID();
    const timestamp = new Date().toISOString();
    const delivery = {
      id,
      ownerId,
      webhookId,
      messageId: `test:${id}`,
      type: 'webhook.test',
      body: JSON.stringify({ type: 'webhook.test', timestamp, data: { webhookId } }),
    } satisfies Partial<StoredDelivery>;
    const stored = await webhookDeliveries.create(delivery);
    await notices.wake(delivery);
    return c.json(deliveryView(stored), 202);
  });
