/** `GET /api/progress?jobId=`: one look at a job's progress. */
import { createRoute } from '@hono/zod-openapi';
import { progressViewSchema } from '@wavefleet/contracts/progress.ts';
import { isTerminal } from '@wavefleet/contracts/states.ts';
import { type Router, router } from '../http/context.ts';
import { ownedJob } from '../http/owner.ts';
import { errorAnswers, jobIdQuery, jsonAnswer } from '../http/route-parts.ts';
import type { ProgressDeps } from './deps.ts';
import type { ProgressViews } from './progress-view.ts';

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

export const pollProgress = (deps: ProgressDeps, views: ProgressViews): Router =>
  router().openapi(route, async (c) => {
    const job = await ownedJob(c, deps, c.req.valid('query').jobId);
    const report = isTerminal(job.status) ? undefined : await deps.progress.read(job.jobId);
    const view = { ...views.of(job, report), queue: await deps.queueForecast.of(job) };
    return c.json(view, 200, { 'Cache-Control': 'no-store' });
  });
