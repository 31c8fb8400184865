/** Clause (c): each result is there, whole, and as long as it should be. */
import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { Job } from '@wavefleet/contracts/job.ts';
import type { ObjectStore } from '@wavefleet/platform/storage/objects.ts';
import type { Accepted } from '../rig/load.ts';
import { mapped } from './mapped.ts';
import { type Sound, soundOf } from './sound.ts';

const TOLERANCE_SECONDS = 0.05;

/** What of a job says what has become of it. */
export interface Ended {
  readonly jobId: string;
  readonly status: Job['status'];
  readonly outputS3Location?: Pick<NonNullable<Job['outputS3Location']>, 'key' | 'sha256'> | undefined;
}

/** One sentence for each result that is none. What is there twice is decoded once. */
export async function brokenResults(
  objects: Pick<ObjectStore, 'open'>,
  accepted: readonly Accepted[],
  jobs: readonly Ended[],
): Promise<string[]> {
  const orders = new Map(accepted.map((order) => [order.jobId, order]));
  const sounds = new Map<string, Promise<Sound | undefined>>();
  const decoded = async (sha256: string, bytes: Buffer) => {
    const known = sounds.get(sha256) ?? soundOf(bytes);
    sounds.set(sha256, known);
    return await known;
  };
  const found = await mapped(jobs, async ({ jobId, status, outputS3Location: output }) => {
    if (status !== 'completed') return undefined;
    if (output === undefined) return `(c) job ${jobId} is completed without a result`;
    const open = await objects.open(output.key).catch(() => undefined);
    if (open === undefined) return `(c) the result of job ${jobId} is not there`;
    const bytes = await buffer(open.body);
    if (createHash('sha256').update(bytes).digest('hex') !== output.sha256)
      return `(c) the result of job ${jobId} is not what the record says`;
    const { sound: wanted, sha256 } = orders.get(jobId) ?? {};
    if (sha256 !== undefined)
      return sha256 === output.sha256 ? undefined : `(c) the result of job ${jobId} is another one`;
    const sound = await decoded(output.sha256, bytes);
    if (sound === undefined) return `(c) the result of job ${jobId} is broken`;
    if (Math.abs(sound.seconds - (wanted?.seconds ?? 0)) > TOLERANCE_SECONDS)
      return `(c) the result of job ${jobId} lasts ${sound.seconds} s, not ${wanted?.seconds}`;
    return wanted?.md5 === undefined || sound.md5 === wanted.md5
      ? undefined
      : `(c) the result of job ${jobId} sounds unlike its source`;
  });
  return found.filter((each) => each !== undefined);
}
