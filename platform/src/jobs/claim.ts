/** Claiming a job: who may have it, and who may not. */
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { newsOf } from '@wavefleet/contracts/events.ts';
import type { Job } from '@wavefleet/contracts/job.ts';
import { isTerminal, sourcesOf } from '@wavefleet/contracts/states.ts';
import { GRACE_MS, STATUS, statusIn, updateJob } from './change.ts';
import { dueShardOf } from './ids.ts';
import { appended } from './outbox.ts';
import type { JobStore } from './store.ts';

/** A worker's right to write: the attempt is the fencing token, the owner is unique per claim. */
export interface Claim {
  readonly jobId: string;
  readonly attempt: number;
  readonly owner: string;
}

/** Who asks for a job. */
export interface Claimant {
  /** Unique to this claim, so that a lost answer can be told from a lost race. */
  readonly owner: string;
  readonly leaseMs: number;
  /** What this worker can do; see `contracts/src/needs.ts`. */
  readonly ability: number;
  /** Whether other jobs run in the same process: then a job whose worker has died before is not for it. */
  readonly hasCompany?: boolean;
  /**
   * For a job that is taken to be made just now: its reminder is left where it is, if that is further off than so many ms, by
   * when there is a beat. Two writes of the index less, and one call more where it was made before. Default: it is moved.
   */
  readonly leavesReminderForMs?: number | undefined;
}

export type ClaimResult =
  /** `former`: the lease that ran out before, of a worker that never let go of the job. */
  | { readonly kind: 'claimed'; readonly job: Job; readonly claim: Claim; readonly former: Job['lease'] }
  /** Another worker holds a live lease: to be asked for again at `until` (epoch ms). The job may be helped with. */
  | { readonly kind: 'leased'; readonly until: number; readonly job: Job }
  /** It was put off until then (epoch ms). Nothing was counted. */
  | { readonly kind: 'early'; readonly until: number }
  /** A worker has died over the job: it wants a process of its own. Nothing was counted. */
  | { readonly kind: 'dangerous'; readonly crashes: number }
  /** The job needs a newer worker. Nothing was counted. */
  | { readonly kind: 'beyond'; readonly job: Job }
  | { readonly kind: 'terminal'; readonly job: Job }
  | { readonly kind: 'missing' };

/** One way to the records: to change them, and to read them consistently. */
export interface RecordAccess {
  readonly table: string;
  readonly dynamo: DynamoDBDocumentClient;
  readonly jobs: Pick<JobStore, 'get'>;
}

/** Looks at a record that others keep taking and letting go of; more would be a livelock. */
const CLAIM_TRIES = 3;

/**
 * Takes the job, and notes in its outbox that it has started. A lost answer is settled by a consistent read:
 * `lease.owner = mine` means won. The first attempt is expected, and claims in one call; a later one is read first.
 * @param clock.skewMs how far the clocks of two workers may be apart: a lease counts as over only so long after its end.
 * @param clock.now epoch ms.
 * @throws SDK errors.
 */
export async function claimJob(
  access: RecordAccess,
  jobId: string,
  claimant: Claimant,
  { skewMs, now }: { readonly skewMs: number; readonly now: number },
): Promise<ClaimResult> {
  const { owner, ability } = claimant;
  let seen: Job | undefined;
  for (let tries = 0; ; tries += 1) {
    const last = seen?.attempt ?? 0;
    const left = seen === undefined ? claimant.leavesReminderForMs : undefined;
    const reminder =
      left === undefined ? movedTo(jobId, now + claimant.leaseMs + skewMs) : leftUntil(now + left);
    const job =
      (await take(access, jobId, claimant, { last, skewMs, now, reminder })) ??
      (await access.jobs.get(jobId));
    if (job === undefined) return { kind: 'missing' };
    if (job.lease?.owner === owner && job.status === 'processing') {
      return { kind: 'claimed', job, claim: { jobId, attempt: job.attempt, owner }, former: seen?.lease };
    }
    if (isTerminal(job.status)) return { kind: 'terminal', job };
    if (job.needs > ability) return { kind: 'beyond', job };
    if (job.notBefore !== undefined && job.notBefore > now) return { kind: 'early', until: job.notBefore };
    const leasedUntil = job.lease === undefined ? 0 : job.lease.until + skewMs;
    if (leasedUntil >= now || tries === CLAIM_TRIES) {
      // No clock of ours gives a lease longer than that: what reaches further was written by one that is wrong.
      const latest = now + claimant.leaseMs + skewMs;
      return { kind: 'leased', until: Math.min(Math.max(now, leasedUntil), latest), job };
    }
    if (job.crashes > 0 && claimant.hasCompany === true) return { kind: 'dangerous', crashes: job.crashes };
    seen = job;
  }
}

/** What a claim does about the reminder of the job. */
interface Reminder {
  /** Ends with a comma, or is empty. */
  readonly set: string;
  readonly conditions: readonly string[];
  readonly values: Record<string, unknown>;
}

/** @param leaseEndMs by when the lease is over by everybody's clock. */
const movedTo = (jobId: string, leaseEndMs: number): Reminder => ({
  set: 'dueShard = :shard, dueAt = :dueAt, ',
  conditions: [],
  values: { ':shard': dueShardOf(jobId), ':dueAt': leaseEndMs + GRACE_MS },
});

/** Only a job of which nothing was noted since it was made has the reminder of `submit.ts`; others may have a far one. */
const leftUntil = (beatAtMs: number): Reminder => ({
  set: '',
  conditions: ['attribute_exists(unsent)', 'dueAt > :beat'],
  values: { ':beat': beatAtMs + GRACE_MS },
});

/** @param at.last the attempt that the record must stand at. */
async function take(
  { dynamo, table }: RecordAccess,
  jobId: string,
  { owner, leaseMs, ability }: Claimant,
  { last, skewMs, now, reminder }: { last: number; skewMs: number; now: number; reminder: Reminder },
): Promise<Job | undefined> {
  const from = statusIn(sourcesOf('processing'));
  const attempt = last + 1;
  const news = appended(newsOf(jobId, 'started', attempt));
  return await updateJob(dynamo, table, jobId, {
    set: `#status = :to, attempt = :attempt, crashes = crashes + :one, #lease = :lease, ${reminder.set}${news.set}`,
    remove: 'notBefore, unsent',
    condition: [
      from.condition,
      'attempt = :last',
      '(attribute_not_exists(notBefore) OR notBefore <= :now)',
      '(attribute_not_exists(#lease) OR #lease.#until < :over)',
      '(attribute_not_exists(needs) OR needs <= :ability)',
      ...reminder.conditions,
    ].join(' AND '),
    names: { ...STATUS, '#lease': 'lease', '#until': 'until' },
    values: {
      ...from.values,
      ...news.values,
      ':to': 'processing',
      ':attempt': attempt,
      ':last': last,
      ':one': 1,
      ':lease': { owner, until: now + leaseMs },
      ...reminder.values,
      ':now': now,
      ':over': now - skewMs,
      ':ability': ability,
    },
  });
}
