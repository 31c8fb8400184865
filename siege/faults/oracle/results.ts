/** Clause (c): each result is there, whole, and as long as it should be. */
import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { Job } from '@wavefleet/contracts/job.ts';
import type { Accepted } from '../rig/load.ts';
import type { Rig } from '../rig/rig.ts';
import { mapped } from './mapped.ts';
import { soundOf } from './sound.ts';

const TOLERANCE_SECONDS = 0.05;

/** One sentence for each result that is none. */
export async function brokenResults(
  rig: Rig,
  accepted: readonly Accepted[],
  jobs: readonly Job[],
): Promise<string[]> {
  const orders = new Map(accepted.map((order) => [order.jobId, order]));
  const found = await mapped(jobs, async ({ jobId, status, outputS3Location: output }) => {
    if (status !== 'completed') return undefined;
    if (output === undefined) return `(c) job ${jobId} is completed without a result`;
    const open = await rig.platform.objects.open(output.key).catch(() => undefined);
    if (open === undefined) return `(c) the result of job ${jobId} is not there`;
    const bytes = await buffer(open.body);
    if (createHash('sha256').update(bytes).digest('hex') !== output.sha256)
      return `(c) the result of job ${jobId} is not what the record says`;
    const { sound: wanted, sha256 } = orders.get(jobId) ?? {};
    if (sha256 !== undefined)
      return sha256 === output.sha256 ? undefined : `(c) the result of job ${jobId} is another one`;
    const sound = soundOf(bytes);
    if (sound === undefined) return `(c) the result of job ${jobId} is broken`;
    if (Math.abs(sound.seconds - (wanted?.seconds ?? 0)) > TOLERANCE_SECONDS)
      return `(c) the result of job ${jobId} lasts ${sound.seconds} s, not ${wanted?.seconds}`;
    return wanted?.md5 === undefined || sound.md5 === wanted.md5
      ? undefined
      : `(c) the result of job ${jobId} sounds unlike its source`;
  });
  return found.filter((each) => each !== undefined);
}
