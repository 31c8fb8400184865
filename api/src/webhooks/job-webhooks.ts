/** `GET /api/job-webhooks`: what signs messages to the addresses of single jobs. */
import { createRoute } from '@hono/zod-openapi';
import { jobWebhooksSchema } from '@wavefleet/contracts/webhooks.ts';
import { type Router, router } from '../http/context.ts';
import { errorAnswers, jsonAnswer } from '../http/route-parts.ts';
import type { WebhookDeps } from './deps.ts';

const route = createRoute({
  method: 'get',
  path: '/api/job-webhooks',
  summary: 'The secret of the addresses that single jobs name',
  description:
    'One for all messages to a `webhookUrl` of a submission. Its `webhookId` leads to their deliveries, to a replay and to another secret, as that of any webhook; there is no address to change, to try or to delete.',
  responses: { 200: jsonAnswer('Made when it is first asked for.', jobWebhooksSchema), ...errorAnswers() },
});

export const jobWebhooks = ({ webhooks }: WebhookDeps): Router =>
  router().openapi(route, async (c) => {
    const { id: webhookId, secret, formerUntil = 0 } = await webhooks.ofJobs(c.var.owner.id);
    const formerWorksUntil = formerUntil > Date.now() ? new Date(formerUntil).toISOString() : undefined;
    return c.json({ webhookId, secret, formerWorksUntil }, 200, { 'Cache-Control': 'no-store' });
  });
