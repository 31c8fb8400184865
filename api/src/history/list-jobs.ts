/** `GET /api/jobs`: the caller's history, newest first, and what is looked for in it. */
import { createRoute } from '@hono/zod-openapi';
import { historySearchSchema } from '@wavefleet/contracts/history-search.ts';
import { jobListSchema } from '@wavefleet/contracts/http.ts';
import { etag } from 'hono/etag';
import { type Router, router } from '../http/context.ts';
import { errorAnswers, historyCursor, jsonAnswer, notModified, pageLimit } from '../http/route-parts.ts';
import { jobView } from '../jobs/job-view.ts';
import type { HistoryDeps } from './deps.ts';

const route = createRoute({
  method: 'get',
  path: '/api/jobs',
  summary: 'List your jobs, newest first',
  description:
    '`name` matches any part of the name, in upper or lower case. A page may hold fewer jobs than `limit`, even none, and still have a `nextCursor`: with a `status`, `format` or `name`, one answer searches at most 1,000 jobs. Continue with the cursor and the same search. A poll with `If-None-Match` gets a 304 while nothing has changed.',
  middleware: etag(),
  request: { query: historySearchSchema.extend({ limit: pageLimit, cursor: historyCursor }) },
  responses: {
    200: jsonAnswer('A page of jobs.', jobListSchema),
    304: notModified,
    ...errorAnswers('VALIDATION_ERROR', 'UNSUPPORTED_OUTPUT_FORMAT', 'INVALID_CURSOR'),
  },
});

export const listJobs = ({ history, queueForecast }: HistoryDeps): Router =>
  router().openapi(route, async (c) => {
    const query = c.req.valid('query');
    const page = await history.list(c.var.owner.id, { ...query, signal: c.req.raw.signal });
    const views = await Promise.all(page.jobs.map(async (job) => jobView(job, await queueForecast.of(job))));
    return c.json({ jobs: views, nextCursor: page.nextCursor }, 200, {
      'Cache-Control': 'private, no-cache',
    });
  });
