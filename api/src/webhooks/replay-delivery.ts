/** `POST /api/webhooks/{webhookId}/deliveries/{deliveryId}/replay`: the same message once more. */
import { createRoute } from '@hono/zod-openapi';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { askedIdSchema } from '@wavefleet/contracts/job.ts';
import { deliveryViewSchema } from '@wavefleet/contracts/webhooks.ts';
import { type Router, router } from '../http/context.ts';
import { errorAnswers, jsonAnswer } from '../http/route-parts.ts';
import type { WebhookDeps } from './deps.ts';
import { deliveryView, ownedWebhook, webhookParams } from './webhook-parts.ts';

const route = createRoute({
  method: 'post',
  path: '/api/webhooks/{webhookId}/deliveries/{deliveryId}/replay',
  summary: 'Send a message again',
  description:
    'The same bytes under the same `webhook-id`, for up to a day, whatever happened to the message before.',
  request: { params: webhookParams.extend({ deliveryId: askedIdSchema }) },
  responses: {
    202: jsonAnswer('The delivery, pending again.', deliveryViewSchema),
    ...errorAnswers('INVALID_ID', 'CSRF_REJECTED', 'WEBHOOK_NOT_FOUND', 'DELIVERY_NOT_FOUND'),
  },
});

export const replayDelivery = (deps: WebhookDeps): Router =>
  router().openapi(route, async (c) => {
    const { webhookId, deliveryId } = c.req.valid('param');
    const { id } = await ownedWebhook(c, deps, webhookId);
    const known = await deps.webhookDeliveries.get(deliveryId);
    const again = known?.webhookId === id ? await deps.webhookDeliveries.again(deliveryId) : undefined;
    if (again === undefined) throw new Failure('DELIVERY_NOT_FOUND');
    await deps.notices.wake(again);
    return c.json(deliveryView(again), 202);
  });
