/**
 * `GET /api/health/live`: this process answers. Asks nobody else, so that an outage elsewhere restarts nothing. What comes
 * from no browser is answered before, by `server/liveness.ts`.
 */
import { createRoute, z } from '@hono/zod-openapi';
import { type Router, router } from '../http/context.ts';
import { jsonAnswer, LIVE, LIVENESS_PATH } from '../http/route-parts.ts';

const route = createRoute({
  method: 'get',
  path: LIVENESS_PATH,
  summary: 'Liveness',
  responses: { 200: jsonAnswer('The process is running.', z.object({ status: z.literal('ok') })) },
});

export const healthLive = (): Router =>
  router().openapi(route, (c) => c.json(LIVE, 200, { 'Cache-Control': 'no-store' }));
