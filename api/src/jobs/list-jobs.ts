/** `GET /api/jobs`: the caller's history, newest first. */
import { createRoute, z } from '@hono/zod-openapi';
import { jobListSchema } from '@wavefleet/contracts/http.ts';
import { jobStatusSchema } from '@wavefleet/contracts/states.ts';
import { etag } from 'hono/etag';
import { type Router, router } from '../http/context.ts';
import { errorAnswers, jsonAnswer, notModified, pageLimit } from '../http/route-parts.ts';
import type { JobDeps } from './deps.ts';
import { jobView } from './job-view.ts';

const route = createRoute({
  method: 'get',
  path: '/api/jobs',
  summary: 'List your jobs, newest first',
  description:
    'A page may hold fewer jobs than `limit`, even none, and still have a `nextCursor`: with a `status`, only a part of a long history is looked through at once. A poll with `If-None-Match` costs a 304 while nothing has changed.',
  middleware: etag(),
  request: {
    query: z.object({
      status: jobStatusSchema.optional(),
      limit: pageLimit,
      cursor: z.string().max(2_000).optional().openapi({ description: '`nextCursor` of the previous page.' }),
    }),
  },
  responses: {
    200: jsonAnswer('A page of jobs.', jobListSchema),
    304: notModified,
    ...errorAnswers('VALIDATION_ERROR', 'INVALID_CURSOR'),
  },
});

export const listJobs = ({ jobs, queueForecast }: JobDeps): Router =>
  router().openapi(route, async (c) => {
    const query = c.req.valid('query');
    const page = await jobs.list(c.var.owner.id, { ...query, signal: c.req.raw.signal });
    const views = await Promise.all(page.jobs.map(async (job) => jobView(job, await queueForecast.of(job))));
    return c.json({ jobs: views, nextCursor: page.nextCursor }, 200, {
      'Cache-Control': 'private, no-cache',
    });
  });
