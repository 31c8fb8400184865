/** `GET /api/debug/jobs/{jobId}`: all that is known of a job, whoever owns it. */
import { createRoute, z } from '@hono/zod-openapi';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { type Job, jobSchema } from '@wavefleet/contracts/job.ts';
import {
  progressEndSchema,
  progressReportSchema,
  storedReportSchema,
} from '@wavefleet/contracts/progress.ts';
import { stageSchema } from '@wavefleet/contracts/stages.ts';
import { type Router, router } from '../http/context.ts';
import { errorAnswers, jobIdParams, jsonAnswer } from '../http/route-parts.ts';
import type { DebugDeps } from './deps.ts';
import { messagePlace, messagePlaces } from './message-place.ts';
import { debugSecurity } from './security.ts';

/** Whoever debugs would rather have the rest than wait for what does not answer. */
const LOOK_TIMEOUT_MS = 2_000;

/** As it is shown: only who reads one that is stored has to put up with stages of newer workers. */
const reportSchema = progressReportSchema.extend({ stage: stageSchema });
const tableSchema = storedReportSchema.extend({ stage: stageSchema });

const debugJobSchema = z.object({
  /** As it is stored. */
  record: jobSchema,
  lease: z.object({ owner: z.string(), until: z.iso.datetime(), isLive: z.boolean() }).nullable(),
  attempts: z.object({
    attempt: z.int(),
    crashes: z.int(),
    retries: z.int(),
    redispatches: z.int(),
  }),
  /** Ids of the processes that say they are at it; null while Redis does not tell. */
  workers: z.array(z.string()).nullable(),
  /** Null: nothing is there, or it does not answer. */
  progress: z.object({
    /** A report, or word of the end. */
    redis: z.union([progressEndSchema, reportSchema]).nullable(),
    table: tableSchema.nullable(),
  }),
  /** Of all jobs; SQS counts roughly. Null while it does not answer. */
  queue: z.object({ waiting: z.int(), inFlight: z.int(), deadLetters: z.int() }).nullable(),
  message: z.object({ place: z.enum(messagePlaces), explanation: z.string() }),
});

const route = createRoute({
  method: 'get',
  path: '/api/debug/jobs/{jobId}',
  summary: 'Everything that is known about a job',
  description: debugSecurity.description,
  security: debugSecurity.security,
  request: { params: jobIdParams },
  responses: {
    200: jsonAnswer('The job, its progress and its queue.', debugJobSchema),
    ...errorAnswers('NOT_FOUND', 'INVALID_ID', 'JOB_NOT_FOUND'),
  },
});

export const debugJob = (deps: DebugDeps): Router =>
  router().openapi(route, async (c) => {
    const { jobId } = c.req.valid('param');
    const job = await deps.jobs.get(jobId);
    if (job === undefined) throw new Failure('JOB_NOT_FOUND');
    const [redis, table, queue, processes] = await Promise.all([
      deps.progress.readRedis(jobId),
      deps.progress.readTable(jobId).catch(() => undefined),
      queueNow(deps),
      deps.processes.read(),
    ]);
    const now = Date.now();
    const answer: z.infer<typeof debugJobSchema> = {
      record: withoutSecrets(job),
      lease: leaseOf(job, now),
      attempts: {
        attempt: job.attempt,
        crashes: job.crashes,
        retries: job.retries,
        redispatches: job.redispatches,
      },
      workers:
        processes?.filter(({ jobIds }) => jobIds.includes(jobId)).map(({ processId }) => processId) ?? null,
      progress: { redis: redis ?? null, table: table ?? null },
      queue,
      message: messagePlace(job, now),
    };
    return c.json(answer, 200, { 'Cache-Control': 'no-store' });
  });

function leaseOf({ lease }: Job, now: number): z.infer<typeof debugJobSchema>['lease'] {
  if (lease === undefined) return null;
  return { owner: lease.owner, until: new Date(lease.until).toISOString(), isLive: lease.until >= now };
}

async function queueNow({ queue }: DebugDeps): Promise<z.infer<typeof debugJobSchema>['queue']> {
  const signal = AbortSignal.timeout(LOOK_TIMEOUT_MS);
  try {
    const [depth, deadLetters] = await Promise.all([queue.depth(signal), queue.deadLetters(signal)]);
    return { ...depth, deadLetters };
  } catch {
    return null;
  }
}

/** What people have put into an address may let in whoever reads it. */
function withoutSecrets(job: Job): Job {
  return job.webhookUrl === undefined ? job : { ...job, webhookUrl: new URL(job.webhookUrl).origin };
}
