/** `DELETE /api/jobs/{jobId}`: cancels an active job, removes a finished one. */
import { createRoute, z } from '@hono/zod-openapi';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { type Job, jobIdSchema } from '@wavefleet/contracts/job.ts';
import { isTerminal, terminalStatuses } from '@wavefleet/contracts/states.ts';
import { announceOrLeave } from '@wavefleet/platform/jobs/announce.ts';
import { removeSegments } from '@wavefleet/platform/jobs/free-storage.ts';
import { type Router, router } from '../http/context.ts';
import { ownedJob } from '../http/owner.ts';
import { errorAnswers, jobIdParams, jsonAnswer } from '../http/route-parts.ts';
import { cancelJob } from './cancel-job.ts';
import type { JobDeps } from './deps.ts';
import { removeJob } from './remove-job.ts';

const endedSchema = z.object({ jobId: jobIdSchema, status: z.enum(terminalStatuses) });

const route = createRoute({
  method: 'delete',
  path: '/api/jobs/{jobId}',
  summary: 'Cancel an active job, or delete a finished one with its result',
  description:
    'A job that finishes just as it is cancelled is kept: the answer then says `completed` or `failed`.',
  request: { params: jobIdParams },
  responses: {
    200: jsonAnswer('The job was active and has ended now; its record is kept.', endedSchema),
    204: { description: 'The finished job, its result and its progress are deleted.' },
    ...errorAnswers('INVALID_ID', 'CSRF_REJECTED', 'JOB_NOT_FOUND'),
  },
});

export const deleteJob = (deps: JobDeps): Router =>
  router().openapi(route, async (c) => {
    const job = await ownedJob(c, deps, c.req.valid('param').jobId);
    if (!isTerminal(job.status)) return c.json(await cancel(deps, job), 200);
    await removeJob(deps, job);
    return c.body(null, 204);
  });

async function cancel(deps: JobDeps, { jobId, ownerId }: Job): Promise<z.infer<typeof endedSchema>> {
  const job = await cancelJob(deps, jobId);
  if (job === undefined || !isTerminal(job.status)) throw new Failure('JOB_NOT_FOUND');
  const { status, attempt } = job;
  if (status !== 'cancelled') return { jobId, status };
  deps.log.say('job.cancelled', { jobId, attempt, table: deps.config.JOBS_TABLE });
  await deps.quotas.releaseJob(ownerId, jobId);
  void announceOrLeave(deps, job);
  // Whoever cancels does not wait for S3.
  void removeSegments(deps, job);
  return { jobId, status };
}
