/** `GET /api/jobs/{jobId}`. */
import { createRoute } from '@hono/zod-openapi';
import { jobViewSchema } from '@wavefleet/contracts/http.ts';
import { etag } from 'hono/etag';
import { type Router, router } from '../http/context.ts';
import { ownedJob } from '../http/owner.ts';
import { errorAnswers, jobIdParams, jsonAnswer, notModified } from '../http/route-parts.ts';
import type { JobDeps } from './deps.ts';
import { jobView } from './job-view.ts';

const route = createRoute({
  method: 'get',
  path: '/api/jobs/{jobId}',
  summary: 'Get a job',
  middleware: etag(),
  request: { params: jobIdParams },
  responses: {
    200: jsonAnswer('The job.', jobViewSchema),
    304: notModified,
    ...errorAnswers('INVALID_ID', 'JOB_NOT_FOUND'),
  },
});

export const getJob = (deps: JobDeps): Router =>
  router().openapi(route, async (c) => {
    const job = await ownedJob(c, { jobs: deps.records }, c.req.valid('param').jobId);
    return c.json(jobView(job, await deps.queueForecast.of(job)), 200, {
      'Cache-Control': 'private, no-cache',
    });
  });
