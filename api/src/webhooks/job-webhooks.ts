/** `/api/job-webhooks`: what signs messages to the addresses of single jobs. */
import { createRoute } from '@hono/zod-openapi';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { jobWebhooksSchema, type StoredWebhook } from '@wavefleet/contracts/webhooks.ts';
import { idOfJobs } from '@wavefleet/platform/notices/endpoints.ts';
import { join, type Router, router } from '../http/context.ts';
import { errorAnswers, jsonAnswer } from '../http/route-parts.ts';
import type { WebhookDeps } from './deps.ts';

const path = '/api/job-webhooks';
const look = createRoute({
  method: 'get',
  path,
  summary: 'Get the secret for addresses that single jobs name',
  description:
    'One secret for all messages to a `webhookUrl` of a submission. Its `webhookId` gives access to their deliveries, replays and a new secret, as for any webhook; there is no address to change, test or delete.',
  responses: {
    200: jsonAnswer('The secret, made by a `POST` or for the first message.', jobWebhooksSchema),
    ...errorAnswers('WEBHOOK_NOT_FOUND'),
  },
});
const make = createRoute({
  method: 'post',
  path,
  summary: 'Make the secret for addresses that single jobs name',
  description: 'Or get it, if there already is one. Ask for it before the first message comes.',
  responses: { 200: jsonAnswer('The secret.', jobWebhooksSchema), ...errorAnswers('CSRF_REJECTED') },
});

export const jobWebhooks = ({ webhooks }: WebhookDeps): Router =>
  join([
    router().openapi(look, async (c) => {
      const webhook = await webhooks.get(idOfJobs(c.var.owner.id));
      if (webhook === undefined) throw new Failure('WEBHOOK_NOT_FOUND');
      return c.json(viewOf(webhook), 200, { 'Cache-Control': 'no-store' });
    }),
    router().openapi(make, async (c) => {
      const webhook = await webhooks.ofJobs(c.var.owner.id);
      return c.json(viewOf(webhook), 200, { 'Cache-Control': 'no-store' });
    }),
  ]);

function viewOf({ id: webhookId, secret, formerUntil = 0 }: StoredWebhook) {
  const formerWorksUntil = formerUntil > Date.now() ? new Date(formerUntil).toISOString() : undefined;
  return { webhookId, secret, formerWorksUntil };
}
