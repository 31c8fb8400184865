/** `POST /api/cleanup`: frees what a finished job or an unneeded upload occupies. The job's record stays. */
import { createRoute } from '@hono/zod-openapi';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { cleanupAnswerSchema, cleanupBodySchema } from '@wavefleet/contracts/http.ts';
import { isTerminal } from '@wavefleet/contracts/states.ts';
import { removeStored } from '@wavefleet/platform/jobs/deliveries.ts';
import { type Router, router } from '../http/context.ts';
import { jsonBody } from '../http/json-body.ts';
import { ownedJob, ownedUpload } from '../http/owner.ts';
import { errorAnswers, jsonAnswer, jsonRequest } from '../http/route-parts.ts';
import { removeUpload } from '../uploads/remove-upload.ts';
import type { JobDeps } from './deps.ts';

const route = createRoute({
  method: 'post',
  path: '/api/cleanup',
  summary: 'Delete the objects of a finished job, or an upload',
  description:
    'With `jobId`: the result, the progress, and the upload when no other job needs it. With `fileId`: the upload, finished or not. Safe to repeat.',
  middleware: jsonBody,
  request: { body: jsonRequest(cleanupBodySchema) },
  responses: {
    200: jsonAnswer('How many stored objects were deleted.', cleanupAnswerSchema),
    ...errorAnswers(
      'VALIDATION_ERROR',
      'INVALID_JSON',
      'INVALID_ID',
      'CSRF_REJECTED',
      'JOB_NOT_FOUND',
      'UPLOAD_NOT_FOUND',
      'JOB_ACTIVE',
      'PAYLOAD_TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
    ),
  },
});

export const cleanup = (deps: JobDeps): Router =>
  router().openapi(route, async (c) => {
    const body = c.req.valid('json');
    if ('fileId' in body) {
      const upload = await ownedUpload(c, deps, body.fileId, { removed: true });
      return c.json({ deletedObjects: await removeUpload(deps, upload) }, 200);
    }
    const { jobId } = body;
    const job = await ownedJob(c, deps, jobId);
    if (!isTerminal(job.status)) throw new Failure('JOB_ACTIVE', { detail: { jobId } });
    const { objects: deletedObjects } = await removeStored(deps, job);
    deps.records.forget(jobId);
    return c.json({ deletedObjects }, 200);
  });
