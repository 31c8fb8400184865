/** `GET /api/me`: who this service takes the caller for. */
import { createRoute } from '@hono/zod-openapi';
import { type Me, meSchema } from '@wavefleet/contracts/people.ts';
import { type Router, router } from '../http/context.ts';
import { errorAnswers, jsonAnswer } from '../http/route-parts.ts';
import type { PeopleDeps } from './deps.ts';
import { keyView } from './key-view.ts';

const route = createRoute({
  method: 'get',
  path: '/api/me',
  summary: 'Who you are here, and what you may do',
  description:
    'A browser is known by the cookie of the page, a program by its API key (`Authorization: Bearer`); all others are `anonymous` and share what they make.',
  responses: { 200: jsonAnswer('The caller.', meSchema), ...errorAnswers() },
});

export const getMe = ({ knownKeys }: PeopleDeps): Router =>
  router().openapi(route, async (c) => {
    const { kind, id: ownerId, scopes, keyId } = c.var.owner;
    const key = keyId === undefined ? undefined : knownKeys.latest(keyId);
    const me: Me = {
      kind,
      ownerId,
      scopes: [...scopes],
      ...(key === undefined ? {} : { key: keyView(key) }),
    };
    return c.json(me, 200, { 'Cache-Control': 'no-store' });
  });
