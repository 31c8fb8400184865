/** How long the file that a job was made of outlives the job's end. */
import type { Job } from '@wavefleet/contracts/job.ts';
import type { Config } from '../config.ts';

const DAY_MS = 86_400_000;

/**
 * When the job lets go of its upload (epoch ms). Undefined when it holds none, or until it expires itself.
 * @param now epoch ms of the job's end.
 */
export function uploadKeptUntil(
  { source, ttl, removedAt }: Pick<Job, 'source' | 'ttl' | 'removedAt'>,
  { UPLOAD_KEEP_DAYS }: Pick<Config, 'UPLOAD_KEEP_DAYS'>,
  now: number,
): number | undefined {
  const keptUntil = now + UPLOAD_KEEP_DAYS * DAY_MS;
  const holdsUpload = source.kind === 'upload' && removedAt === undefined;
  return holdsUpload && keptUntil < ttl * 1000 ? keptUntil : undefined;
}
