/** `DELETE /api/webhooks/{webhookId}`. */
import { createRoute } from '@hono/zod-openapi';
import { type Router, router } from '../http/context.ts';
import { errorAnswers } from '../http/route-parts.ts';
import type { WebhookDeps } from './deps.ts';
import { ownedEndpoint, webhookParams } from './webhook-parts.ts';

const route = createRoute({
  method: 'delete',
  path: '/api/webhooks/{webhookId}',
  summary: 'Delete a webhook',
  request: { params: webhookParams },
  responses: {
    204: { description: 'Nothing more is sent to it, not even what was pending.' },
    ...errorAnswers('INVALID_ID', 'CSRF_REJECTED', 'WEBHOOK_NOT_FOUND'),
  },
});

export const deleteWebhook = (deps: WebhookDeps): Router =>
  router().openapi(route, async (c) => {
    const { id } = await ownedEndpoint(c, deps, c.req.valid('param').webhookId);
    await deps.webhooks.remove(id);
    return c.body(null, 204);
  });
