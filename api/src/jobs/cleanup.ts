/** `POST /api/cleanup`: frees what a finished job or an unneeded upload occupies. The job's record stays. */
import { createRoute } from '@hono/zod-openapi';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { cleanupAnswerSchema, cleanupBodySchema } from '@wavefleet/contracts/http.ts';
import { isTerminal } from '@wavefleet/contracts/states.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import { ownerOf } from '../http/browser-cookie.ts';
import { type Deps, type Router, router } from '../http/context.ts';
import { jsonBody } from '../http/json-body.ts';
import { errorAnswers, jsonAnswer, jsonRequest } from '../http/route-parts.ts';
import { discardAnyUpload, discardOutputs, releaseUpload } from '../uploads/remove-upload.ts';

const route = createRoute({
  method: 'post',
  path: '/api/cleanup',
  summary: 'Delete the objects of a finished job, or an upload',
  description:
    'With `jobId`: the result, the progress, and the upload when no other job needs it. With `fileId`: the upload, finished or not. May be repeated.',
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

export const cleanup = ({ platform }: Deps): Router =>
  router().openapi(route, async (c) => {
    const body = c.req.valid('json');
    const ownerId = ownerOf(c);
    const deletedObjects =
      'jobId' in body
        ? await cleanJob(platform, body.jobId, ownerId)
        : await discardAnyUpload(platform, body.fileId, ownerId);
    return c.json({ deletedObjects }, 200);
  });

async function cleanJob(platform: Platform, jobId: string, ownerId: string): Promise<number> {
  const job = await platform.jobs.getOwned(jobId, ownerId);
  if (!isTerminal(job.status)) throw new Failure('JOB_ACTIVE', { detail: { jobId } });
  const outputs = await discardOutputs(platform, jobId);
  const uploads = await releaseUpload(platform, job);
  await platform.progress.remove(jobId);
  return outputs + uploads;
}
