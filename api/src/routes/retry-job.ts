/** `POST /api/jobs/{jobId}/retry`: a failed or cancelled job again, as a new job that names the old one. */
import { randomUUID } from 'node:crypto';
import { createRoute } from '@hono/zod-openapi';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { submittedSchema } from '@wavefleet/contracts/http.ts';
import { acceptJob } from '../accept-job.ts';
import { errorAnswers, jobIdParams, jsonAnswer } from '../answers.ts';
import { type Deps, type Router, router } from '../context.ts';
import { submittedView } from '../job-view.ts';
import { ownerOf } from '../owner.ts';

const route = createRoute({
  method: 'post',
  path: '/api/jobs/{jobId}/retry',
  summary: 'Run a failed or cancelled job again',
  request: { params: jobIdParams },
  responses: {
    202: jsonAnswer('The new job is accepted.', submittedSchema),
    ...errorAnswers('INVALID_ID', 'JOB_NOT_FOUND', 'UPLOAD_NOT_FOUND', 'JOB_NOT_RETRYABLE'),
  },
});

export const retryJob = ({ platform }: Deps): Router =>
  router().openapi(route, async (c) => {
    const old = await platform.jobs.getOwned(c.req.valid('param').jobId, ownerOf(c));
    if (old.status !== 'failed' && old.status !== 'cancelled') {
      throw new Failure('JOB_NOT_RETRYABLE', { detail: { status: old.status } });
    }
    const { ownerId, source, inputS3Location: input, fileName, format, quality, options } = old;
    const job = await acceptJob(platform, {
      jobId: randomUUID(),
      ownerId,
      source,
      input,
      fileName,
      format,
      quality,
      options,
      retryOf: old.jobId,
      traceparent: c.var.traceparent,
    });
    return c.json(submittedView(job), 202);
  });
