/** `GET /api/jobs/{jobId}`. */
import { createRoute } from '@hono/zod-openapi';
import { jobViewSchema } from '@wavefleet/contracts/http.ts';
import { etag } from 'hono/etag';
import { ownerOf } from '../http/browser-cookie.ts';
import { type Deps, type Router, router } from '../http/context.ts';
import { errorAnswers, jobIdParams, jsonAnswer, notModified } from '../http/route-parts.ts';
import { jobView } from './job-view.ts';

const route = createRoute({
  method: 'get',
  path: '/api/jobs/{jobId}',
  summary: 'One job',
  middleware: etag(),
  request: { params: jobIdParams },
  responses: {
    200: jsonAnswer('The job.', jobViewSchema),
    304: notModified,
    ...errorAnswers('INVALID_ID', 'JOB_NOT_FOUND'),
  },
});

export const getJob = ({ platform, queueForecast }: Deps): Router =>
  router().openapi(route, async (c) => {
    const job = await platform.jobs.getOwned(c.req.valid('param').jobId, ownerOf(c));
    return c.json(jobView(job, await queueForecast.of(job)), 200, { 'Cache-Control': 'private, no-cache' });
  });
