/** How long a job is kept, and the file that it was made of. */
import type { Job } from '@wavefleet/contracts/job.ts';
import type { Config } from '../config.ts';
import { type PlanConfig, planOf } from '../settings/plans.ts';

const DAY_SECONDS = 86_400;
const DAY_MS = DAY_SECONDS * 1_000;
/** DynamoDB drops what is past its time, whatever becomes of it: a job that is not over has so long at the least. */
const OPEN_DAYS = 30;

/** Settings that say how long. */
export type KeepingConfig = PlanConfig & Pick<Config, 'UPLOAD_KEEP_DAYS'>;

/** The `ttl` of a job that is made at `nowMs`. */
export function openTtl(ownerId: string, config: PlanConfig, nowMs: number): number {
  return after(Math.max(OPEN_DAYS, planOf(config, ownerId).retentionDays), nowMs);
}

/** The `ttl` of a job that is over at `nowMs`. */
export function endedTtl({ ownerId, ttl }: Pick<Job, 'ownerId' | 'ttl'>, config: PlanConfig, nowMs: number) {
  return Math.min(ttl, after(planOf(config, ownerId).retentionDays, nowMs));
}

/**
 * When the job lets go of its upload (epoch ms). Undefined when it holds none, or until it expires itself.
 * @param now epoch ms of the job's end.
 */
export function uploadKeptUntil(
  job: Pick<Job, 'ownerId' | 'source' | 'ttl' | 'removedAt'>,
  config: KeepingConfig,
  now: number,
): number | undefined {
  const keptUntil = now + config.UPLOAD_KEEP_DAYS * DAY_MS;
  const holdsUpload = job.source.kind === 'upload' && job.removedAt === undefined;
  return holdsUpload && keptUntil < endedTtl(job, config, now) * 1000 ? keptUntil : undefined;
}

const after = (days: number, nowMs: number): number => Math.floor(nowMs / 1000) + days * DAY_SECONDS;
