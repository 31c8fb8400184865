/** `GET /api/webhooks/{webhookId}/deliveries`: what was sent, and what became of it. */
import { createRoute, z } from '@hono/zod-openapi';
import { deliveryListSchema } from '@wavefleet/contracts/webhooks.ts';
import { type Router, router } from '../http/context.ts';
import { errorAnswers, jsonAnswer, pageLimit } from '../http/route-parts.ts';
import type { WebhookDeps } from './deps.ts';
import { deliveryView, ownedWebhook, webhookParams } from './webhook-parts.ts';

const route = createRoute({
  method: 'get',
  path: '/api/webhooks/{webhookId}/deliveries',
  summary: 'The deliveries of a webhook, newest first',
  description: 'They are kept for 30 days.',
  request: {
    params: webhookParams,
    query: z.object({
      limit: pageLimit,
      cursor: z.string().max(2_000).optional().openapi({ description: '`nextCursor` of the previous page.' }),
    }),
  },
  responses: {
    200: jsonAnswer('A page of deliveries.', deliveryListSchema),
    ...errorAnswers('VALIDATION_ERROR', 'INVALID_ID', 'INVALID_CURSOR', 'WEBHOOK_NOT_FOUND'),
  },
});

export const listDeliveries = (deps: WebhookDeps): Router =>
  router().openapi(route, async (c) => {
    const { id } = await ownedWebhook(c, deps, c.req.valid('param').webhookId);
    const { deliveries, nextCursor } = await deps.webhookDeliveries.list(id, c.req.valid('query'));
    const page = { deliveries: deliveries.map(deliveryView), nextCursor };
    return c.json(page, 200, { 'Cache-Control': 'no-store' });
  });
