/** `PUT /api/webhooks/{webhookId}`: another address, other events, or a pause. */
import { createRoute } from '@hono/zod-openapi';
import { webhookBodySchema, webhookViewSchema } from '@wavefleet/contracts/webhooks.ts';
import { type Router, router } from '../http/context.ts';
import { jsonBody } from '../http/json-body.ts';
import { errorAnswers, jsonAnswer, jsonRequest } from '../http/route-parts.ts';
import type { WebhookDeps } from './deps.ts';
import { ownedEndpoint, requirePublic, webhookParams, webhookView } from './webhook-parts.ts';

const route = createRoute({
  method: 'put',
  path: '/api/webhooks/{webhookId}',
  summary: 'Change a webhook',
  description:
    'Fields that are left out get their defaults. The secret stays the same. Pending deliveries go to the new address.',
  middleware: jsonBody,
  request: { params: webhookParams, body: jsonRequest(webhookBodySchema) },
  responses: {
    200: jsonAnswer('The webhook as it is now.', webhookViewSchema),
    ...errorAnswers(
      'VALIDATION_ERROR',
      'INVALID_JSON',
      'INVALID_ID',
      'CSRF_REJECTED',
      'WEBHOOK_NOT_FOUND',
      'WEBHOOK_URL_FORBIDDEN',
      'PAYLOAD_TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
    ),
  },
});

export const changeWebhook = (deps: WebhookDeps): Router =>
  router().openapi(route, async (c) => {
    const { id } = await ownedEndpoint(c, deps, c.req.valid('param').webhookId);
    const asked = c.req.valid('json');
    requirePublic(asked.url, deps);
    return c.json(webhookView(await deps.webhooks.change(id, asked)), 200);
  });
