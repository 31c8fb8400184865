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
    'Takes the search of `GET /api/jobs`. Added up from the jobs that are there now: each counts once, however often it was tried, and what was deleted or has expired no longer does. One answer adds up 5,000 jobs at the most; while there is a `nextCursor`, ask on with it and the same search, and add what comes.',
  request: { query: historySearchSchema.extend({ cursor: historyCursor }) },
  responses: {
    200: jsonAnswer('The sums, of all jobs or of a part.', historyTotalsSchema),
    ...errorAnswers('VALIDATION_ERROR', 'UNSUPPORTED_OUTPUT_FORMAT', 'INVALID_CURSOR'),
  },
});

export const jobTotals = ({ history }: HistoryDeps): Router =>
  router().openapi(route, async (c) => {
    const query = c.req.valid('query');
    const totals = await history.totals(c.var.owner.id, { ...query, signal: c.req.raw.signal });
    return c.json(totals, 200, { 'Cache-Control': 'private, no-cache' });
  });
