/** `POST /api/webhooks/{webhookId}/secret`: another secret, with a day to take it over. */
import { createRoute } from '@hono/zod-openapi';
import { newSecretSchema } from '@wavefleet/contracts/webhooks.ts';
import { type Router, router } from '../http/context.ts';
import { errorAnswers, jsonAnswer } from '../http/route-parts.ts';
import type { WebhookDeps } from './deps.ts';
import { ownedWebhook, webhookParams } from './webhook-parts.ts';

const route = createRoute({
  method: 'post',
  path: '/api/webhooks/{webhookId}/secret',
  summary: 'Give a webhook a new secret',
  description:
    'For a day, messages carry two signatures, made with the new and the former secret. Any secret before that stops signing at once.',
  request: { params: webhookParams },
  responses: {
    200: jsonAnswer('The secret. It is shown only in this answer.', newSecretSchema),
    ...errorAnswers('INVALID_ID', 'CSRF_REJECTED', 'WEBHOOK_NOT_FOUND'),
  },
});

export const renewSecret = (deps: WebhookDeps): Router =>
  router().openapi(route, async (c) => {
    const webhook = await ownedWebhook(c, deps, c.req.valid('param').webhookId);
    const { secret, formerUntil = 0 } = await deps.webhooks.renewSecret(webhook);
    const formerWorksUntil = new Date(formerUntil).toISOString();
    return c.json({ secret, formerWorksUntil }, 200, { 'Cache-Control': 'no-store' });
  });
