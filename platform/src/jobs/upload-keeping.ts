/** How long the file that a job was made of outlives the job's end. */
import type { Job } from '@wavefleet/contracts/job.ts';

/**
 * When the job lets go of its upload (epoch ms). Undefined when it holds none, or until it expires itself.
 * @param keepMs time after the job's end. @param now epoch ms of that end.
 */
export function uploadKeptUntil(
  { source, ttl, removedAt }: Pick<Job, 'source' | 'ttl' | 'removedAt'>,
  keepMs: number,
  now: number,
): number | undefined {
  const keptUntil = now + keepMs;
  const holdsUpload = source.kind === 'upload' && removedAt === undefined;
  return holdsUpload && keptUntil < ttl * 1000 ? keptUntil : undefined;
}
