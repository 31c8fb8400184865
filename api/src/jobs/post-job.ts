/** `POST /api/jobs`, also known as `POST /api/convert-audio`. */
import { randomUUID } from 'node:crypto';
import { createRoute, z } from '@hono/zod-openapi';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { submitBodySchema, submittedSchema } from '@wavefleet/contracts/http.ts';
import type { Job } from '@wavefleet/contracts/job.ts';
import { findRequestProblem } from '@wavefleet/contracts/request.ts';
import { derivedJobId } from '@wavefleet/platform/jobs/ids.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import { ownerOf } from '../http/browser-cookie.ts';
import { type Deps, type Router, router } from '../http/context.ts';
import { jsonBody } from '../http/json-body.ts';
import { errorAnswers, jsonAnswer, jsonRequest } from '../http/route-parts.ts';
import { uploadTooLarge } from '../uploads/body-stream.ts';
import { submittedView } from './job-view.ts';
import { acceptJob, storeJob } from './order.ts';

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

export const submitJob = ({ platform }: Deps): Router => {
  const app = router();
  for (const route of [describe('/api/jobs'), describe('/api/convert-audio')]) {
    app.openapi(route, async (c) => {
      const order = {
        ...c.req.valid('json'),
        ownerId: ownerOf(c),
        idempotencyKey: c.req.valid('header')['idempotency-key'],
        traceparent: c.var.traceparent,
      };
      return c.json(submittedView(await submit(platform, order)), 202);
    });
  }
  return app;
};

type Order = z.infer<typeof submitBodySchema> & {
  readonly ownerId: string;
  readonly idempotencyKey: string | undefined;
  readonly traceparent: string;
};

async function submit(platform: Platform, order: Order): Promise<Job> {
  const { fileId, format, quality, ownerId, idempotencyKey: key, traceparent } = order;
  const options = order.options ?? {};
  const problem = findRequestProblem(format, quality, options);
  if (problem !== undefined) throw new Failure('INVALID_OPTION', { detail: { fields: [problem] } });

  const jobId = key === undefined ? randomUUID() : derivedJobId('idempotency', ownerId, key);
  const source = { kind: 'upload', fileId } as const;
  const request = { jobId, ownerId, source, format, quality, options, traceparent };

  // A replay must be answered even when the upload has been cleaned up since.
  const known = key === undefined ? undefined : await platform.jobs.get(jobId);
  if (known !== undefined) {
    return await storeJob(platform, { ...request, input: known.inputS3Location, fileName: known.fileName });
  }
  const upload = await platform.uploads.getOwned(fileId, ownerId);
  const limitBytes = platform.config.MAX_UPLOAD_BYTES;
  if (upload.location.sizeBytes > limitBytes) throw uploadTooLarge(limitBytes);
  return await acceptJob(platform, { ...request, input: upload.location, fileName: upload.fileName });
}
