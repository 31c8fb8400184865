/** `GET /api/jobs/totals`: what the caller's jobs come to. */
import { createRoute } from '@hono/zod-openapi';
import { historySearchSchema, historyTotalsSchema } from '@wavefleet/contracts/history-search.ts';
import { type Router, router } from '../http/context.ts';
import { errorAnswers, historyCursor, jsonAnswer } from '../http/route-parts.ts';
import type { HistoryDeps } from './deps.ts';

const route = createRoute({
  method: 'get',
  path: '/api/jobs/totals',
  summary: 'Add up your jobs',
  description:
    'Accepts the same search as `GET /api/jobs`. Adds up the jobs that exist now: each counts once, however often it was tried, and deleted or expired jobs do not count. One answer adds up at most 5,000 jobs; while there is a `nextCursor`, ask again with it and the same search, and add the answers.',
  request: { query: historySearchSchema.extend({ cursor: historyCursor }) },
  responses: {
    200: jsonAnswer('The totals of all jobs, or of a part of them.', historyTotalsSchema),
    ...errorAnswers('VALIDATION_ERROR', 'UNSUPPORTED_OUTPUT_FORMAT', 'INVALID_CURSOR'),
  },
});

export const jobTotals = ({ history }: HistoryDeps): Router =>
  router().openapi(route, async (c) => {
    const query = c.req.valid('query');
    const totals = await history.totals(c.var.owner.id, { ...query, signal: c.req.raw.signal });
    return c.json(totals, 200, { 'Cache-Control': 'private, no-cache' });
  });
