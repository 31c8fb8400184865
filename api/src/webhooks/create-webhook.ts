/** `POST /api/webhooks`: an address that is told when jobs end. */
import { createRoute } from '@hono/zod-openapi';
import { newWebhookSchema, webhookBodySchema } from '@wavefleet/contracts/webhooks.ts';
import { type Router, router } from '../http/context.ts';
import { jsonBody } from '../http/json-body.ts';
import { errorAnswers, jsonAnswer, jsonRequest } from '../http/route-parts.ts';
import type { WebhookDeps } from './deps.ts';
import { requirePublic, webhookView } from './webhook-parts.ts';

const route = createRoute({
  method: 'post',
  path: '/api/webhooks',
  summary: 'Get a message at an address of yours when jobs end',
  description:
    'Messages and signatures follow https://www.standardwebhooks.com. Each message is sent until the address answers 2xx, for up to a day; its `webhook-id` is the same every time.',
  middleware: jsonBody,
  request: { body: jsonRequest(webhookBodySchema) },
  responses: {
    201: jsonAnswer(
      'The webhook, with its signing secret, which is shown only in this answer.',
      newWebhookSchema,
    ),
    ...errorAnswers(
      'VALIDATION_ERROR',
      'INVALID_JSON',
      'CSRF_REJECTED',
      'WEBHOOKS_LIMIT',
      'WEBHOOK_URL_FORBIDDEN',
      'PAYLOAD_TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
    ),
  },
});

export const createWebhook = (deps: WebhookDeps): Router =>
  router().openapi(route, async (c) => {
    const asked = c.req.valid('json');
    requirePublic(asked.url, deps);
    const webhook = await deps.webhooks.create(c.var.owner.id, asked);
    const view = { ...webhookView(webhook), secret: webhook.secret };
    return c.json(view, 201, { 'Cache-Control': 'no-store' });
  });
