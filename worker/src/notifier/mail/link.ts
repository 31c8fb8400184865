/** The link of an e-mail: one that works as long as the result is there, and not as short as a presigned URL. */
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { Job } from '@wavefleet/contracts/job.ts';
import { sharePath } from '@wavefleet/contracts/shares.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';

/**
 * Undefined where there is nothing to lead to, or as many links as may be.
 * @param former what an earlier try of the e-mail made: it may have arrived, so it ends once there is another one.
 * @throws SDK errors.
 */
export async function linkTo(
  { shares }: Pick<Platform, 'shares'>,
  job: Job,
  former: string | undefined,
): Promise<{ shareId: string; path: string } | undefined> {
  if (job.status !== 'completed' || job.outputS3Location === undefined || job.removedAt !== undefined)
    return undefined;
  if (former !== undefined) await shares.revoke(job, former);
  try {
    const { shareId, token } = await shares.make(job, { expiresAt: job.ttl * 1000 });
    return { shareId, path: sharePath(token) };
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}
