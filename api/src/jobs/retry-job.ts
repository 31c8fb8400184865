/** `POST /api/jobs/{jobId}/retry`: a failed or cancelled job again, as a new job that names the old one. */
import { createRoute } from '@hono/zod-openapi';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { type RetryBody, retryBodySchema, submittedSchema } from '@wavefleet/contracts/http.ts';
import { type Job, orderSchema } from '@wavefleet/contracts/job.ts';
import { idOfKey } from '@wavefleet/platform/jobs/ids.ts';
import type { Context } from 'hono';
import { type AppEnv, type Owner, type Router, router } from '../http/context.ts';
import { optionalJsonBody } from '../http/json-body.ts';
import { ownedJob } from '../http/owner.ts';
import { note } from '../http/request-facts.ts';
import { errorAnswers, jobIdParams, jsonAnswer } from '../http/route-parts.ts';
import { conversionOf } from './conversion-of.ts';
import type { JobDeps } from './deps.ts';
import { idempotencyHeaders } from './idempotency.ts';
import { submittedView } from './job-view.ts';
import { type Conversion, orderOf } from './order.ts';
import { takeOrder } from './take-order.ts';

const route = createRoute({
  method: 'post',
  path: '/api/jobs/{jobId}/retry',
  summary: 'Run a failed or cancelled job again, unchanged or with other settings',
  description:
    'Without a body nothing changes. Another `format` without a `quality` gets its default quality, and so does `quality: null`; `options` replaces all options. A `preset` replaces all three, and other fields of the request override it.',
  middleware: optionalJsonBody,
  request: {
    params: jobIdParams,
    headers: idempotencyHeaders,
    body: { required: false, content: { 'application/json': { schema: retryBodySchema } } },
  },
  responses: {
    202: jsonAnswer('The new job is accepted.', submittedSchema),
    ...errorAnswers(
      'VALIDATION_ERROR',
      'INVALID_JSON',
      'INVALID_ID',
      'INVALID_IDEMPOTENCY_KEY',
      'CSRF_REJECTED',
      'JOB_NOT_FOUND',
      'UPLOAD_NOT_FOUND',
      'UPLOAD_JOBS_LIMIT',
      'JOB_NOT_RETRYABLE',
      'PAYLOAD_TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
      'UNSUPPORTED_OUTPUT_FORMAT',
      'INVALID_OPTION',
      'UNKNOWN_PRESET',
      'IDEMPOTENCY_KEY_REUSED',
      'OVERLOADED',
      'JOBS_LIMIT',
      'MINUTES_LIMIT',
      'EMAIL_UNAVAILABLE',
      'WEBHOOK_URL_FORBIDDEN',
    ),
  },
});

export const retryJob = (deps: JobDeps): Router =>
  router().openapi(route, async (c) => {
    const idempotencyKey = c.req.valid('header')['idempotency-key'];
    const { jobId: retryOf } = c.req.valid('param');
    const by = { ...c.var, idempotencyKey };
    const old = await jobToRepeat(c, deps, retryOf, by);
    const { source, inputS3Location: input, fileName } = old;
    const asked = orderOf(await changed(deps, old, c.req.valid('json'), by), { source, retryOf }, by);
    note(c, { format: asked.format, sizeBytes: input.sizeBytes });
    const job = await takeOrder(c, deps, asked, {
      idempotencyKey,
      async tie(jobId) {
        // Whosever the upload is by now: the job that reads it is the caller's.
        if (source.kind === 'upload') await deps.uploads.ties.link(source.fileId, jobId);
        return { input, fileName };
      },
    });
    return c.json(submittedView(job), 202);
  });

interface By {
  readonly owner: Owner;
  readonly idempotencyKey?: string | undefined;
}

/**
 * The old job. Where it has been deleted since, the one that this very key made of it stands in for it: whoever asks once
 * more hears the first answer, and the changes are to the same effect on both.
 * @throws Failure JOB_NOT_FOUND, JOB_NOT_RETRYABLE.
 */
async function jobToRepeat(
  c: Context<AppEnv>,
  deps: JobDeps,
  jobId: string,
  { owner, idempotencyKey: key }: By,
): Promise<Job> {
  const old = await ownedJob(c, deps, jobId).catch(async (error: unknown) => {
    if (key === undefined) throw error;
    const { job: made } = await deps.jobs.madeBy(idOfKey(owner.id, key));
    if (made?.retryOf !== jobId) throw error;
    return made;
  });
  const isOver = old.status === 'failed' || old.status === 'cancelled';
  if (old.jobId === jobId && !isOver)
    throw new Failure('JOB_NOT_RETRYABLE', { detail: { status: old.status } });
  return old;
}

/**
 * What the old job asked for, with the changes. A quality belongs to its format: it does not survive a change of it.
 * @throws Failure UNSUPPORTED_OUTPUT_FORMAT for what a newer version of this service was asked for; as `conversionOf`.
 */
async function changed(deps: JobDeps, old: Job, body: RetryBody, by: By): Promise<Conversion> {
  const kept = {
    deleteAfterDownload: body.deleteAfterDownload ?? old.deleteAfterDownload,
    email: body.email ?? old.email,
    webhookUrl: body.webhookUrl ?? old.webhookUrl,
  };
  if (body.preset !== undefined) return await conversionOf(deps, { ...body, ...kept }, by);
  const format = body.format ?? old.format;
  const sameQuality = format === old.format ? old.quality : undefined;
  const quality = body.quality === undefined ? sameQuality : (body.quality ?? undefined);
  const order = orderSchema.safeParse({ format, quality, options: body.options ?? old.options });
  if (!order.success) throw new Failure('UNSUPPORTED_OUTPUT_FORMAT', { detail: { format } });
  return { ...order.data, ...kept };
}
