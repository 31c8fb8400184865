/** `POST /api/keys`: a new API key of the caller. */
import { createRoute } from '@hono/zod-openapi';
import { type MadeKey, madeKeySchema, makeKeyBodySchema } from '@wavefleet/contracts/people.ts';
import { type Router, router } from '../http/context.ts';
import { jsonBody } from '../http/json-body.ts';
import { errorAnswers, jsonAnswer, jsonRequest } from '../http/route-parts.ts';
import type { PeopleDeps } from './deps.ts';
import { keyView } from './key-view.ts';

const route = createRoute({
  method: 'post',
  path: '/api/keys',
  summary: 'Make an API key',
  description:
    'Anyone who sends the key can see and do what its owner can, within its scopes. `token` is in this answer and nowhere else. The key is valid for 90 days unless `expiresInDays` says otherwise.',
  middleware: jsonBody,
  request: { body: jsonRequest(makeKeyBodySchema) },
  responses: {
    201: jsonAnswer('The key.', madeKeySchema),
    ...errorAnswers(
      'VALIDATION_ERROR',
      'INVALID_JSON',
      'UNAUTHENTICATED',
      'CSRF_REJECTED',
      'KEYS_LIMIT',
      'PAYLOAD_TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
    ),
  },
});

export const makeKey = ({ apiKeys, log }: PeopleDeps): Router =>
  router().openapi(route, async (c) => {
    const ownerId = c.var.owner.id;
    const { key, token } = await apiKeys.make({ ...c.req.valid('json'), ownerId });
    const { keyId, scopes, expiresAt } = key;
    log.say('key.made', { keyId, ownerId, scopes, expiresAt });
    const made: MadeKey = { ...keyView(key), token };
    return c.json(made, 201, { 'Cache-Control': 'no-store' });
  });
