/** The claim stage: take the job on the record, or learn why not. */
import { Failure } from '@wavefleet/contracts/failure.ts';
import { type Job, type RunnableJob, runnableJobSchema } from '@wavefleet/contracts/job.ts';
import { ABILITY } from '@wavefleet/contracts/needs.ts';
import type { Claim } from '@wavefleet/platform/jobs/claim.ts';
import { removeSegments } from '@wavefleet/platform/jobs/free-storage.ts';
import type { FieldsOf } from '@wavefleet/platform/log/table.ts';
import { type Commit, commit } from '../commit.ts';
import type { WakeUpCall, WorkerDeps } from '../context.ts';
import { failJob } from '../end-early.ts';
import { ALONE, DONE, type Outcome } from '../outcome.ts';

/** A job that ended its worker this often is given up. */
const MAX_CRASHES = 3;
/** A repeat of a long job's message is dropped after this many receives; the record's reminder stays. */
const REPEATS_BEFORE_DROP = 5;
/** A job for newer workers: its message is hidden longer each time, so that it outlasts a slow deployment. */
const LONGEST_WAIT_FOR_NEWER_MS = 900_000;

export type Claimed =
  | {
      readonly kind: 'claimed';
      readonly job: RunnableJob;
      readonly claim: Claim;
      readonly former: RunnableJob['lease'];
    }
  /** Another worker has it, who would be glad of help. `outcome` is for who cannot help after all. */
  | { readonly kind: 'leased'; readonly job: RunnableJob; readonly outcome: Outcome }
  | { readonly kind: 'settled'; readonly outcome: Outcome | typeof ALONE };

/** @param owner unique to this claim, so that a lost answer can be told from a lost race. */
export async function claimJob(
  { platform, ability = ABILITY }: Pick<WorkerDeps, 'platform' | 'ability'>,
  call: WakeUpCall,
  owner: string,
): Promise<Claimed> {
  const { transitions, config, log } = platform;
  const { jobId } = call.message;
  const { hasCompany, ageMs } = call;
  const leavesReminderForMs = ageMs < config.HEARTBEAT_MS ? config.HEARTBEAT_MS : undefined;
  const claimant = { owner, leaseMs: config.LEASE_MS, ability, hasCompany, leavesReminderForMs };
  const result = await transitions.claim(jobId, claimant);
  switch (result.kind) {
    case 'claimed': {
      const { job, claim, former } = result;
      if (job.crashes > MAX_CRASHES) return await giveUp(platform, job, claim);
      const runnable = runnableJobSchema.safeParse(job);
      return runnable.success
        ? { kind: 'claimed', job: runnable.data, claim, former }
        : await putBack(platform, job, claim);
    }
    case 'leased': {
      const leftMs = Math.max(1_000, result.until - Date.now());
      log.say('job.leased', { jobId, leftMs });
      // Of a lease that nobody has renewed in time the holder may be dead: then this message is what brings the job back.
      const isHeld = (result.job.lease?.until ?? 0) > Date.now();
      const settled = call.receiveCount > REPEATS_BEFORE_DROP ? REFUSED : refusedFor(leftMs, !isHeld);
      const runnable = runnableJobSchema.safeParse(result.job);
      return isHeld && runnable.success && platform.segments.free(result.job).length > 0
        ? { kind: 'leased', job: runnable.data, outcome: settled.outcome }
        : settled;
    }
    case 'early': {
      const leftMs = Math.max(0, result.until - Date.now());
      log.say('job.early', { jobId, leftMs });
      return refusedFor(leftMs);
    }
    case 'dangerous':
      log.say('job.wants-solitude', { jobId, crashes: result.crashes });
      return { kind: 'settled', outcome: ALONE };
    case 'beyond': {
      log.say('job.for-newer', { jobId, needs: result.job.needs, ability });
      if (call.isLent === true) await platform.queue.leaveToNewer(result.job);
      return refusedFor(
        Math.min(LONGEST_WAIT_FOR_NEWER_MS, config.VISIBILITY_TIMEOUT_MS * call.receiveCount),
      );
    }
    case 'terminal':
      log.say('job.ended-before', { jobId, status: result.job.status });
      platform.announcer.announce(result.job);
      return REFUSED;
    case 'missing':
      log.say('job.missing', { jobId });
      return REFUSED;
  }
}

/** A claim as the log tells it: whether somebody had the job before, and who never gave it back. */
export function claimFacts(
  { job, former }: Extract<Claimed, { kind: 'claimed' }>,
  { receiveCount }: WakeUpCall,
  table: string,
): FieldsOf<'job.claimed'> {
  const { format, quality, inputS3Location, createdAt, attempt, crashes, retries } = job;
  const now = Date.now();
  return {
    format,
    quality,
    sizeBytes: inputS3Location.sizeBytes,
    waitedMs: Math.max(0, now - Date.parse(createdAt)),
    receives: receiveCount,
    reclaimed: attempt > 1,
    reclaimedFrom: former?.owner,
    leaseEndedMsAgo: former === undefined ? undefined : Math.max(0, now - former.until),
    // The claim itself has counted one, until it ends in order.
    crashes: Math.max(0, crashes - 1),
    retries,
    table,
  };
}

const hidden = (ms: number): Claimed => ({ kind: 'settled', outcome: { kind: 'hide', ms } });
const REFUSED = { kind: 'settled', outcome: { ...DONE, refused: true } } as const;
const refusedFor = (ms: number, isAwaited = false) =>
  ({ kind: 'settled', outcome: { kind: 'hide', ms, refused: true, isAwaited } }) as const;

async function giveUp(platform: WorkerDeps['platform'], job: Job, claim: Claim): Promise<Claimed> {
  platform.log.say('job.given-up', { jobId: job.jobId, crashes: job.crashes });
  const failed = await failJob(platform, whileLeased(platform), claim, new Failure('WORKER_CRASHED'));
  if (failed !== undefined) {
    await platform.progress.ended(failed);
    platform.announcer.announce(failed);
    await removeSegments(platform, failed);
  }
  return { kind: 'settled', outcome: DONE };
}

/** What the record asks for cannot be read although it does not need a newer worker: no crash, and not for us. */
async function putBack(platform: WorkerDeps['platform'], job: Job, claim: Claim): Promise<Claimed> {
  platform.log.say('job.unreadable', { jobId: job.jobId, needs: job.needs });
  await whileLeased(platform)(() => platform.transitions.release(claim));
  return hidden(platform.config.VISIBILITY_TIMEOUT_MS);
}

/** Nobody beats for a job that is not begun: its lease ends by itself. */
function whileLeased({ config }: WorkerDeps['platform']): Commit {
  const over = AbortSignal.timeout(config.LEASE_MS / 2);
  return (write) => commit(write, over);
}
