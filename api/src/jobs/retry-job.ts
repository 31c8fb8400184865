/** `POST /api/jobs/{jobId}/retry`: a failed or cancelled job again, as a new job that names the old one. */
import { randomUUID } from 'node:crypto';
import { createRoute } from '@hono/zod-openapi';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { type RetryBody, retryBodySchema, submittedSchema } from '@wavefleet/contracts/http.ts';
import type { Job } from '@wavefleet/contracts/job.ts';
import { findRequestProblem } from '@wavefleet/contracts/request.ts';
import { ownerOf } from '../http/browser-cookie.ts';
import { type Deps, type Router, router } from '../http/context.ts';
import { optionalJsonBody } from '../http/json-body.ts';
import { errorAnswers, jobIdParams, jsonAnswer } from '../http/route-parts.ts';
import { submittedView } from './job-view.ts';
import { acceptJob } from './order.ts';

const route = createRoute({
  method: 'post',
  path: '/api/jobs/{jobId}/retry',
  summary: 'Run a failed or cancelled job again, as it was or with other settings',
  description:
    'Without a body nothing changes. Another `format` without a `quality` takes its default, as does `quality: null`; `options` replaces all options.',
  middleware: optionalJsonBody,
  request: {
    params: jobIdParams,
    body: { required: false, content: { 'application/json': { schema: retryBodySchema } } },
  },
  responses: {
    202: jsonAnswer('The new job is accepted.', submittedSchema),
    ...errorAnswers(
      'VALIDATION_ERROR',
      'INVALID_JSON',
      'INVALID_ID',
      'CSRF_REJECTED',
      'JOB_NOT_FOUND',
      'UPLOAD_NOT_FOUND',
      'JOB_NOT_RETRYABLE',
      'PAYLOAD_TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
      'UNSUPPORTED_OUTPUT_FORMAT',
      'INVALID_OPTION',
    ),
  },
});

export const retryJob = ({ platform }: Deps): Router =>
  router().openapi(route, async (c) => {
    const old = await platform.jobs.getOwned(c.req.valid('param').jobId, ownerOf(c));
    if (old.status !== 'failed' && old.status !== 'cancelled') {
      throw new Failure('JOB_NOT_RETRYABLE', { detail: { status: old.status } });
    }
    const { ownerId, source, inputS3Location: input, fileName } = old;
    const { format, quality, options } = changed(old, c.req.valid('json'));
    const problem = findRequestProblem(format, quality, options);
    if (problem !== undefined) throw new Failure('INVALID_OPTION', { detail: { fields: [problem] } });
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

/** A quality belongs to its format: it does not survive a change of it. */
function changed(old: Job, body: RetryBody): Pick<Job, 'format' | 'quality' | 'options'> {
  const format = body.format ?? old.format;
  const kept = format === old.format ? old.quality : undefined;
  const quality = body.quality === undefined ? kept : (body.quality ?? undefined);
  return { format, quality, options: body.options ?? old.options };
}
