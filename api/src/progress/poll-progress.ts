/** `GET /api/progress?jobId=`: one look at a job's progress. */
import { createRoute } from '@hono/zod-openapi';
import { progressViewSchema } from '@wavefleet/contracts/progress.ts';
import { type Router, router } from '../http/context.ts';
import { errorAnswers, jobIdQuery, jsonAnswer, neverCached } from '../http/route-parts.ts';
import type { ProgressDeps } from './deps.ts';
import type { JobLook } from './job-look.ts';
import type { ProgressViews } from './progress-view.ts';

const route = createRoute({
  method: 'get',
  path: '/api/progress',
  summary: 'Get the progress of a job',
  description:
    'While a worker reports, this is its latest report; a terminal state is read only from the job record. `stage`, `currentTime`, `totalDuration` and `error` are for people; `step`, `currentSeconds`, `totalSeconds`, `errorCode` and `errorDetail` say the same for programs.',
  request: { query: jobIdQuery },
  responses: {
    200: jsonAnswer('The progress.', progressViewSchema),
    ...errorAnswers('VALIDATION_ERROR', 'INVALID_ID', 'JOB_NOT_FOUND'),
  },
});

export const pollProgress = (deps: ProgressDeps, look: JobLook, views: ProgressViews): Router =>
  router().openapi(route, async (c) => {
    const { job, report } = await look.at(c.req.valid('query').jobId, c.var.owner.id);
    const view = { ...views.of(job, report), queue: await deps.queueForecast.of(job) };
    return c.json(view, 200, neverCached);
  });
