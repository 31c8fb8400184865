/** `DELETE /api/keys/{keyId}`: an API key that is one no longer. */
import { createRoute, z } from '@hono/zod-openapi';
import { askedIdSchema } from '@wavefleet/contracts/job.ts';
import { type Router, router } from '../http/context.ts';
import { errorAnswers } from '../http/route-parts.ts';
import type { PeopleDeps } from './deps.ts';

const route = createRoute({
  method: 'delete',
  path: '/api/keys/{keyId}',
  summary: 'Revoke an API key',
  description: 'The process that answers refuses the key immediately, all others within five seconds.',
  request: { params: z.object({ keyId: askedIdSchema }) },
  responses: {
    204: { description: 'The key is revoked.' },
    ...errorAnswers('INVALID_ID', 'UNAUTHENTICATED', 'CSRF_REJECTED', 'KEY_NOT_FOUND'),
  },
});

export const revokeKey = ({ apiKeys, knownKeys, log }: PeopleDeps): Router =>
  router().openapi(route, async (c) => {
    const { keyId } = c.req.valid('param');
    const ownerId = c.var.owner.id;
    await apiKeys.revoke(ownerId, keyId);
    knownKeys.forget(keyId);
    log.say('key.revoked', { keyId, ownerId });
    return c.body(null, 204);
  });
