/** `DELETE /api/jobs/{jobId}/share/{shareId}`: ends a link for good. */
import { createRoute } from '@hono/zod-openapi';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { askedIdSchema } from '@wavefleet/contracts/job.ts';
import { type Router, router } from '../http/context.ts';
import { ownedJob } from '../http/owner.ts';
import { errorAnswers, jobIdParams } from '../http/route-parts.ts';
import type { ShareDeps } from './deps.ts';

const route = createRoute({
  method: 'delete',
  path: '/api/jobs/{jobId}/share/{shareId}',
  summary: 'Revoke a link',
  request: { params: jobIdParams.extend({ shareId: askedIdSchema }) },
  responses: {
    204: { description: 'The link no longer works. A download that has begun continues.' },
    ...errorAnswers('INVALID_ID', 'CSRF_REJECTED', 'JOB_NOT_FOUND', 'SHARE_NOT_FOUND'),
  },
});

export const revokeShare = (deps: ShareDeps): Router =>
  router().openapi(route, async (c) => {
    const { jobId, shareId } = c.req.valid('param');
    const job = await ownedJob(c, deps, jobId);
    if (!(await deps.shares.revoke(job, shareId))) throw new Failure('SHARE_NOT_FOUND');
    deps.records.forget(job.jobId);
    c.var.log.say('share.revoked', { jobId: job.jobId, shareId });
    return c.body(null, 204);
  });
