/** `GET /api/keys`: the caller's API keys, newest first, without the keys themselves. */
import { createRoute } from '@hono/zod-openapi';
import { keyListSchema } from '@wavefleet/contracts/people.ts';
import { type Router, router } from '../http/context.ts';
import { errorAnswers, jsonAnswer } from '../http/route-parts.ts';
import type { PeopleDeps } from './deps.ts';
import { keyView } from './key-view.ts';

const route = createRoute({
  method: 'get',
  path: '/api/keys',
  summary: 'List your API keys',
  description: 'Expired keys stay in the list for a month. A key made a moment ago may be missing.',
  responses: { 200: jsonAnswer('The keys.', keyListSchema), ...errorAnswers('UNAUTHENTICATED') },
});

export const listKeys = ({ apiKeys }: PeopleDeps): Router =>
  router().openapi(route, async (c) => {
    const keys = await apiKeys.list(c.var.owner.id);
    return c.json({ keys: keys.map(keyView) }, 200, { 'Cache-Control': 'no-store' });
  });
