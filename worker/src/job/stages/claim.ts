/** Stage 1: take the job on the record, or learn why not. */

import { Failure } from '@wavefleet/contracts/failure.ts';
import type { Job } from '@wavefleet/contracts/job.ts';
import { announce } from '@wavefleet/platform/jobs/announce.ts';
import { eventFor } from '@wavefleet/platform/jobs/events.ts';
import type { WakeUpCall, WorkerDeps } from '../context.ts';
import { DONE, type Outcome } from '../outcome.ts';

/** A job that ended its worker this often is given up. */
const MAX_CRASHES = 3;
/** A repeat of a long job's message is dropped after this many receives; the record's reminder stays. */
const REPEATS_BEFORE_DROP = 5;

type Claimed =
  | { readonly kind: 'claimed'; readonly job: Job }
  | { readonly kind: 'settled'; readonly outcome: Outcome };

/** @param owner unique to this claim, so that a lost answer can be told from a lost race. */
export async function claimJob({ platform }: WorkerDeps, call: WakeUpCall, owner: string): Promise<Claimed> {
  const { transitions, config, log } = platform;
  const { jobId } = call.message;
  const result = await transitions.claim(jobId, owner, config.LEASE_MS);
  switch (result.kind) {
    case 'claimed':
      return result.job.crashes > MAX_CRASHES ? await giveUp(platform, result.job, owner) : result;
    case 'leased': {
      if (call.receiveCount > REPEATS_BEFORE_DROP) return { kind: 'settled', outcome: DONE };
      return { kind: 'settled', outcome: { kind: 'hide', ms: Math.max(1_000, result.until - Date.now()) } };
    }
    case 'terminal':
      await announce(platform, result.job);
      return { kind: 'settled', outcome: DONE };
    case 'missing':
      log.warn({ jobId }, 'message for a job that does not exist');
      return { kind: 'settled', outcome: DONE };
  }
}

async function giveUp(platform: WorkerDeps['platform'], job: Job, owner: string): Promise<Claimed> {
  const { code, message, retryable } = new Failure('WORKER_CRASHED');
  const failed = await platform.transitions.finish(
    { jobId: job.jobId, attempt: job.attempt, owner },
    { status: 'failed', error: { code, message, retryable } },
    eventFor(job, 'failed', { errorCode: code }),
  );
  platform.log.warn({ jobId: job.jobId, crashes: job.crashes }, 'job given up: its workers keep dying');
  if (failed !== undefined) await announce(platform, failed);
  await platform.progress.ended(job.jobId);
  return { kind: 'settled', outcome: DONE };
}
