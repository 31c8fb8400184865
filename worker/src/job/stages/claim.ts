/** The claim stage: take the job on the record, or learn why not. */
import { Failure } from '@wavefleet/contracts/failure.ts';
import { type Job, type RunnableJob, runnableJobSchema } from '@wavefleet/contracts/job.ts';
import { ABILITY } from '@wavefleet/contracts/needs.ts';
import { announce, failJob } from '@wavefleet/platform/jobs/announce.ts';
import type { Claim } from '@wavefleet/platform/jobs/transitions.ts';
import type { WakeUpCall, WorkerDeps } from '../context.ts';
import { DONE, type Outcome } from '../outcome.ts';

/** A job that ended its worker this often is given up. */
const MAX_CRASHES = 3;
/** A repeat of a long job's message is dropped after this many receives; the record's reminder stays. */
const REPEATS_BEFORE_DROP = 5;
/** A job for newer workers: its message is hidden longer each time, so that it outlasts a slow deployment. */
const LONGEST_WAIT_FOR_NEWER_MS = 900_000;

type Claimed =
  | { readonly kind: 'claimed'; readonly job: RunnableJob; readonly claim: Claim }
  | { readonly kind: 'settled'; readonly outcome: Outcome };

/** @param owner unique to this claim, so that a lost answer can be told from a lost race. */
export async function claimJob(
  { platform, ability = ABILITY }: WorkerDeps,
  call: WakeUpCall,
  owner: string,
): Promise<Claimed> {
  const { transitions, config, log } = platform;
  const { jobId } = call.message;
  const result = await transitions.claim(jobId, { owner, leaseMs: config.LEASE_MS, ability });
  switch (result.kind) {
    case 'claimed': {
      const { job, claim } = result;
      if (job.crashes > MAX_CRASHES) return await giveUp(platform, job, claim);
      const runnable = runnableJobSchema.safeParse(job);
      return runnable.success
        ? { kind: 'claimed', job: runnable.data, claim }
        : await putBack(platform, job, claim);
    }
    case 'leased': {
      if (call.receiveCount > REPEATS_BEFORE_DROP) return { kind: 'settled', outcome: DONE };
      return hidden(Math.max(1_000, result.until - Date.now()));
    }
    case 'beyond': {
      log.info({ jobId, needs: result.needs, ability }, 'job left for a newer worker');
      return hidden(Math.min(LONGEST_WAIT_FOR_NEWER_MS, config.VISIBILITY_TIMEOUT_MS * call.receiveCount));
    }
    case 'terminal':
      await announce(platform, result.job);
      return { kind: 'settled', outcome: DONE };
    case 'missing':
      log.warn({ jobId }, 'message for a job that does not exist');
      return { kind: 'settled', outcome: DONE };
  }
}

const hidden = (ms: number): Claimed => ({ kind: 'settled', outcome: { kind: 'hide', ms } });

async function giveUp(platform: WorkerDeps['platform'], job: Job, claim: Claim): Promise<Claimed> {
  platform.log.warn({ jobId: job.jobId, crashes: job.crashes }, 'job given up: its workers keep dying');
  await failJob(platform, claim, new Failure('WORKER_CRASHED'));
  return { kind: 'settled', outcome: DONE };
}

/** What the record asks for cannot be read although it does not need a newer worker: no crash, and not for us. */
async function putBack(platform: WorkerDeps['platform'], job: Job, claim: Claim): Promise<Claimed> {
  platform.log.error({ jobId: job.jobId, needs: job.needs }, 'job cannot be read: left for another worker');
  await platform.transitions.release(claim);
  return hidden(platform.config.VISIBILITY_TIMEOUT_MS);
}
