/** `POST /api/jobs/{jobId}/share`: makes a link to the result, for people who have no account here. */
import { createRoute } from '@hono/zod-openapi';
import { shareBodySchema, sharedSchema, sharePath } from '@wavefleet/contracts/shares.ts';
import { type Router, router } from '../http/context.ts';
import { optionalJsonBody } from '../http/json-body.ts';
import { ownedJob } from '../http/owner.ts';
import { errorAnswers, jobIdParams, jsonAnswer } from '../http/route-parts.ts';
import { resultFile } from '../jobs/result-file.ts';
import type { ShareDeps } from './deps.ts';
import { shareView } from './share-view.ts';

const route = createRoute({
  method: 'post',
  path: '/api/jobs/{jobId}/share',
  summary: 'Make a link to a result that others can open',
  description:
    'Anyone with the link sees a page with a player, the facts and a download, until the link expires, is revoked or used up, or the job or its result is gone. With `maxDownloads` there is no player, because listening sends the same bytes. A job with `deleteAfterDownload` is also deleted after a download by a link.',
  middleware: optionalJsonBody,
  request: {
    params: jobIdParams,
    body: { required: false, content: { 'application/json': { schema: shareBodySchema } } },
  },
  responses: {
    201: jsonAnswer('The link. Its path is shown only in this answer.', sharedSchema),
    ...errorAnswers(
      'VALIDATION_ERROR',
      'INVALID_JSON',
      'INVALID_ID',
      'CSRF_REJECTED',
      'JOB_NOT_FOUND',
      'JOB_NOT_READY',
      'JOB_FAILED',
      'SHARES_LIMIT',
      'OUTPUT_DELETED',
      'OUTPUT_EXPIRED',
      'PAYLOAD_TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
    ),
  },
});

export const shareJob = (deps: ShareDeps): Router =>
  router().openapi(route, async (c) => {
    // Without a body nothing was validated, and no default filled in.
    const { expiresInSeconds, maxDownloads } = shareBodySchema.parse(c.req.valid('json'));
    const job = await ownedJob(c, deps, c.req.valid('param').jobId);
    // Throws where there is nothing to share.
    resultFile(job);
    const expiresAt = Math.min(Date.now() + expiresInSeconds * 1000, job.ttl * 1000);
    const { shareId, token, share } = await deps.shares.make(job, { expiresAt, maxDownloads });
    deps.records.forget(job.jobId);
    const view = shareView(shareId, share);
    c.var.log.say('share.made', { jobId: job.jobId, shareId, expiresAt: view.expiresAt, maxDownloads });
    return c.json({ ...view, path: sharePath(token) }, 201, { 'Cache-Control': 'no-store' });
  });
