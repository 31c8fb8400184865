/** Accepting a job, for REST and for drops alike: record first, message second, so that no death in between loses it. */
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { FormatName } from '@wavefleet/contracts/formats.ts';
import type { Cover, Job, ObjectRef, Source } from '@wavefleet/contracts/job.ts';
import { needsOf } from '@wavefleet/contracts/needs.ts';
import type { ConversionOptions, Quality } from '@wavefleet/contracts/request.ts';
import { queueNameOf } from '../aws/queue-arn.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log/log.ts';
import type { PlanConfig } from '../settings/plans.ts';
import { GRACE_MS } from './change.ts';
import type { Dispatches } from './dispatches.ts';
import { dueShardOf, fingerprintOf } from './ids.ts';
import { openTtl } from './keeping.ts';
import type { JobQueue } from './queue.ts';
import type { JobStore } from './store.ts';

export interface SubmitDeps {
  readonly jobs: JobStore;
  readonly dispatches: Pick<Dispatches, 'sent' | 'missed'>;
  readonly queue: JobQueue;
  readonly log: Log;
  readonly config: PlanConfig & Pick<Config, 'JOBS_TABLE' | 'JOBS_QUEUE_URL' | 'VISIBILITY_TIMEOUT_MS'>;
}

export interface SubmitRequest {
  /** Random, or derived from the cause when the same cause must always make the same job. */
  readonly jobId: string;
  readonly ownerId: string;
  readonly source: Source;
  readonly input: ObjectRef;
  readonly fileName: string;
  /** The picture that the options name. */
  readonly cover?: Cover | undefined;
  readonly format: FormatName;
  readonly quality?: Quality | undefined;
  readonly options: ConversionOptions;
  /**
   * What was said of these three, where a preset says the rest: by it the same request is known again, also when the preset
   * has been changed. Default: themselves.
   */
  readonly asked?: object | undefined;
  readonly deleteAfterDownload?: boolean | undefined;
  /** Whether there is an e-mail at its end. Default: as its owner's account says. */
  readonly email?: boolean | undefined;
  /** One more address that is told of its end. */
  readonly webhookUrl?: string | undefined;
  readonly retryOf?: string | undefined;
  readonly traceparent?: string | undefined;
}

/** The caller waits meanwhile, and the sweeper sends just as well. */
export const SEND_TIMEOUT_MS = 3_000;

/**
 * Stores the job and wakes a worker. When SQS is down the job is accepted all the same: the sweeper sends later.
 * A job with that id and the same request is answered as it was made, and undefined where that job was deleted.
 * @throws Failure IDEMPOTENCY_KEY_REUSED when that id belongs to another request.
 */
export async function submitJob(
  deps: SubmitDeps,
  request: SubmitRequest,
): Promise<{ job: Job; created: boolean } | undefined> {
  const now = Date.now();
  const { source, input, fileName, format, quality, options } = request;
  // Only said when it is asked for: records of other jobs are as they always were.
  const deleteAfterDownload = request.deleteAfterDownload === true ? true : undefined;
  const { retryOf, email, webhookUrl } = request;
  const job: Job = {
    jobId: request.jobId,
    ownerId: request.ownerId,
    createdAt: new Date(now).toISOString(),
    updatedAt: new Date(now).toISOString(),
    ttl: openTtl(request.ownerId, deps.config, now),
    source,
    fileName,
    inputS3Location: input,
    cover: request.cover,
    format,
    quality,
    options,
    needs: needsOf({ format, quality, options }),
    fingerprint: requestFingerprint(request),
    retryOf,
    deleteAfterDownload,
    email,
    webhookUrl,
    status: 'created',
    attempt: 0,
    crashes: 0,
    retries: 0,
    redispatches: 0,
    unsent: true,
    warnings: [],
    pendingEvents: [],
    dueShard: dueShardOf(request.jobId),
    // As far off as that of a claim, which so need not move it.
    dueAt: now + deps.config.VISIBILITY_TIMEOUT_MS + GRACE_MS,
    traceparent: request.traceparent,
  };
  if (!(await deps.jobs.create(job))) {
    const existing = await deps.jobs.get(job.jobId);
    if (existing === undefined) return undefined;
    if (existing.fingerprint !== job.fingerprint) throw new Failure('IDEMPOTENCY_KEY_REUSED');
    // Made in this very millisecond: our own put, whose answer was lost and which the SDK tried again.
    const isOurs = existing.status === 'created' && existing.createdAt === job.createdAt;
    if (!isOurs) {
      deps.log.say('job.known', { jobId: job.jobId });
      return { job: existing, created: false };
    }
  }
  sayCreated(deps, job);
  await dispatch(deps, job);
  return { job, created: true };
}

/** By which the same request is known again. */
export function requestFingerprint(request: Omit<SubmitRequest, 'input' | 'fileName'>): string {
  const { source, asked, format, quality, options, deleteAfterDownload, retryOf, email, webhookUrl } =
    request;
  return fingerprintOf({
    source,
    ...(asked ?? { format, quality: quality ?? null, options }),
    // Only said when it is asked for: fingerprints of other jobs are as they always were.
    deleteAfterDownload: deleteAfterDownload === true ? true : undefined,
    retryOf,
    email,
    webhookUrl,
  });
}

/** Without the file's name, which is its owner's business. */
function sayCreated({ log, config }: SubmitDeps, job: Job): void {
  const { jobId, source, inputS3Location: input, format, quality, options, retryOf } = job;
  log.say('job.created', {
    jobId,
    source: source.kind,
    fileId: source.kind === 'upload' ? source.fileId : undefined,
    bucket: input.bucket,
    key: input.key,
    sizeBytes: input.sizeBytes,
    format,
    quality,
    options,
    retryOf,
    table: config.JOBS_TABLE,
  });
}

/** Never throws: a job whose message was not sent is found by its reminder. */
async function dispatch(deps: SubmitDeps, job: Job): Promise<void> {
  const { queue, dispatches, config, log } = deps;
  const { jobId } = job;
  try {
    await queue.send(job, AbortSignal.timeout(SEND_TIMEOUT_MS));
    log.say('job.dispatched', { jobId, queue: queueNameOf(config.JOBS_QUEUE_URL) });
    dispatches.sent(jobId);
  } catch (error) {
    log.say('job.not-dispatched', { err: error, jobId });
    dispatches.missed(jobId);
  }
}
