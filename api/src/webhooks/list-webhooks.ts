/** `GET /api/webhooks` and `GET /api/webhooks/{webhookId}`. */
import { createRoute } from '@hono/zod-openapi';
import { webhookListSchema, webhookViewSchema } from '@wavefleet/contracts/webhooks.ts';
import { type Router, router } from '../http/context.ts';
import { errorAnswers, jsonAnswer } from '../http/route-parts.ts';
import type { WebhookDeps } from './deps.ts';
import { ownedEndpoint, webhookParams, webhookView } from './webhook-parts.ts';

const list = createRoute({
  method: 'get',
  path: '/api/webhooks',
  summary: 'List your webhooks, oldest first',
  responses: { 200: jsonAnswer('All of them, without their secrets.', webhookListSchema), ...errorAnswers() },
});

const one = createRoute({
  method: 'get',
  path: '/api/webhooks/{webhookId}',
  summary: 'One webhook',
  request: { params: webhookParams },
  responses: {
    200: jsonAnswer('The webhook, without its secret.', webhookViewSchema),
    ...errorAnswers('INVALID_ID', 'WEBHOOK_NOT_FOUND'),
  },
});

export const listWebhooks = (deps: WebhookDeps): Router =>
  router()
    .openapi(list, async (c) => {
      const webhooks = await deps.webhooks.list(c.var.owner.id);
      return c.json({ webhooks: webhooks.map(webhookView) }, 200, { 'Cache-Control': 'no-store' });
    })
    .openapi(one, async (c) => {
      const webhook = await ownedEndpoint(c, deps, c.req.valid('param').webhookId);
      return c.json(webhookView(webhook), 200, { 'Cache-Control': 'no-store' });
    });
