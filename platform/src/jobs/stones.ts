/**
 * What is left of a deleted job whose id was derived: a stone with its id, so that the same cause makes no other job of that
 * id. Workers, events, deliveries and counted minutes tell jobs apart by their ids alone.
 */
import { z } from 'zod';
import { derivedJobId } from './ids.ts';

const DAY_SECONDS = 86_400;
/**
 * Longer than anything that goes by a job's id lives: deliveries are kept for 30 days, minutes counted by the month, and SQS
 * tells of a drop for 14.
 */
const KEPT_DAYS = 40;
/** Longest life of a job (`JOB_RETENTION_DAYS`): a stone that points at one is there as long as that. */
const MOST_JOB_DAYS = 3_650;

export const stoneSchema = z.object({
  jobId: z.uuid(),
  /** Epoch ms: when the job was deleted. No job has such an attribute. */
  goneAt: z.int(),
  /** Epoch seconds. */
  ttl: z.int(),
  /** The id that this one's cause makes its job by now; undefined while none was asked for. */
  next: z.uuid().optional(),
});
export type Stone = z.output<typeof stoneSchema>;

/** Whether the same cause would make this id again. Others are random, and leave nothing behind. */
export function isDerived(jobId: string): boolean {
  return jobId.charAt(14) === '8';
}

/** @param nowMs epoch ms: now. */
export function stoneOf(jobId: string, nowMs: number): Stone {
  return { jobId, goneAt: nowMs, ttl: Math.floor(nowMs / 1_000) + KEPT_DAYS * DAY_SECONDS };
}

/** The `ttl` of a stone behind which a job is made at `nowMs`. */
export function pointingTtl(nowMs: number): number {
  return Math.floor(nowMs / 1_000) + (MOST_JOB_DAYS + KEPT_DAYS) * DAY_SECONDS;
}

/** The next id of the same cause: however often that is asked, the same one. */
export function idAfter(jobId: string): string {
  return derivedJobId('after', jobId);
}
