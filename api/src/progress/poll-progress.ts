/** `GET /api/progress?jobId=`: one look at a job's progress. */
import { createRoute } from '@hono/zod-openapi';
import { progressViewSchema } from '@wavefleet/contracts/progress.ts';
import { isTerminal } from '@wavefleet/contracts/states.ts';
import { ownerOf } from '../http/browser-cookie.ts';
import { type Deps, type Router, router } from '../http/context.ts';
import { errorAnswers, jobIdQuery, jsonAnswer } from '../http/route-parts.ts';

const route = createRoute({
  method: 'get',
  path: '/api/progress',
  summary: 'How far a job is',
  request: { query: jobIdQuery },
  responses: {
    200: jsonAnswer('The progress. A terminal state is read from the job record only.', progressViewSchema),
    ...errorAnswers('VALIDATION_ERROR', 'INVALID_ID', 'JOB_NOT_FOUND'),
  },
});

export const progress = ({ platform, progressViews, queueForecast }: Deps): Router =>
  router().openapi(route, async (c) => {
    const job = await platform.jobs.getOwned(c.req.valid('query').jobId, ownerOf(c));
    const report = isTerminal(job.status) ? undefined : await platform.progress.read(job.jobId);
    const queue = await queueForecast.of(job);
    const view = { ...progressViews.of(job, report), ...(queue === undefined ? {} : { queue }) };
    return c.json(view, 200, { 'Cache-Control': 'no-store' });
  });
