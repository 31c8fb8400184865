/** `GET /api/jobs/{jobId}/share`: the links to a result, and how often each was used. */
import { createRoute } from '@hono/zod-openapi';
import { shareListSchema } from '@wavefleet/contracts/shares.ts';
import { type Router, router } from '../http/context.ts';
import { ownedJob } from '../http/owner.ts';
import { errorAnswers, jobIdParams, jsonAnswer } from '../http/route-parts.ts';
import type { ShareDeps } from './deps.ts';
import { shareView } from './share-view.ts';

const route = createRoute({
  method: 'get',
  path: '/api/jobs/{jobId}/share',
  summary: 'List the links to a result, newest first',
  description: 'Links that have ended stay in the list until a new one needs their place.',
  request: { params: jobIdParams },
  responses: {
    200: jsonAnswer('The links, without their addresses.', shareListSchema),
    ...errorAnswers('INVALID_ID', 'JOB_NOT_FOUND'),
  },
});

export const listShares = (deps: ShareDeps): Router =>
  router().openapi(route, async (c) => {
    const { shares = {} } = await ownedJob(c, deps, c.req.valid('param').jobId);
    const views = Object.entries(shares)
      .map(([shareId, share]) => shareView(shareId, share))
      .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
    return c.json({ shares: views }, 200, { 'Cache-Control': 'no-store' });
  });
