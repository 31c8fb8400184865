/** `POST /api/jobs`, also known as `POST /api/convert-audio`. */
import { createRoute, z } from '@hono/zod-openapi';
import { submitBodySchema, submittedSchema } from '@wavefleet/contracts/http.ts';
import type { Job } from '@wavefleet/contracts/job.ts';
import type { Upload } from '@wavefleet/contracts/uploads.ts';
import { submitJob } from '@wavefleet/platform/jobs/submit.ts';
import { type Router, router } from '../http/context.ts';
import { jsonBody } from '../http/json-body.ts';
import { ownedFile } from '../http/owner.ts';
import { errorAnswers, jsonAnswer, jsonRequest } from '../http/route-parts.ts';
import { uploadTooLarge } from '../uploads/body-stream.ts';
import type { JobDeps } from './deps.ts';
import { submittedView } from './job-view.ts';
import { linkAndSubmit, type Order, orderOf } from './order.ts';

const headers = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x20-\x7e]{1,255}$/, 'expected 1 to 255 printable ASCII characters')
    .optional()
    .openapi({
      description: 'The same key and body gives the first answer again, whatever happens in between.',
    }),
});

const describe = (path: '/api/jobs' | '/api/convert-audio') =>
  createRoute({
    method: 'post',
    path,
    summary: 'Convert an uploaded file',
    middleware: jsonBody,
    request: { headers, body: jsonRequest(submitBodySchema) },
    responses: {
      202: jsonAnswer('The job is accepted and stored.', submittedSchema),
      ...errorAnswers(
        'VALIDATION_ERROR',
        'INVALID_JSON',
        'INVALID_ID',
        'INVALID_IDEMPOTENCY_KEY',
        'CSRF_REJECTED',
        'UPLOAD_NOT_FOUND',
        'UPLOAD_INCOMPLETE',
        'PAYLOAD_TOO_LARGE',
        'UPLOAD_TOO_LARGE',
        'UNSUPPORTED_MEDIA_TYPE',
        'UNSUPPORTED_OUTPUT_FORMAT',
        'INVALID_OPTION',
        'IDEMPOTENCY_KEY_REUSED',
      ),
    },
  });

export const postJob = (deps: JobDeps): Router => {
  const app = router();
  for (const route of [describe('/api/jobs'), describe('/api/convert-audio')]) {
    app.openapi(route, async (c) => {
      const { fileId, ...conversion } = c.req.valid('json');
      const idempotencyKey = c.req.valid('header')['idempotency-key'];
      const order = orderOf(conversion, { source: { kind: 'upload', fileId } }, { ...c.var, idempotencyKey });
      const replay = idempotencyKey === undefined ? undefined : await replayed(deps, order);
      const job = replay ?? (await submit(deps, order, await ownedFile(c, deps, fileId)));
      return c.json(submittedView(job), 202);
    });
  }
  return app;
};

/**
 * The job that this order made before; undefined when it made none. Answered even when the upload has been cleaned up
 * since.
 * @throws Failure IDEMPOTENCY_KEY_REUSED when its key made a job for another order.
 */
async function replayed(deps: JobDeps, order: Order): Promise<Job | undefined> {
  const known = await deps.jobs.get(order.jobId);
  if (known === undefined) return undefined;
  const { job } = await submitJob(deps, {
    ...order,
    input: known.inputS3Location,
    fileName: known.fileName,
  });
  return job;
}

/** @throws Failure UPLOAD_TOO_LARGE for an upload from before the limit was lowered; else as `linkAndSubmit`. */
async function submit(deps: JobDeps, order: Order, { location, fileName }: Upload): Promise<Job> {
  const limitBytes = deps.config.MAX_UPLOAD_BYTES;
  if (location.sizeBytes > limitBytes) throw uploadTooLarge(limitBytes);
  return await linkAndSubmit(deps, order, { input: location, fileName });
}
