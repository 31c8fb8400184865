/** Where the message of a job may be. SQS cannot be asked for one message, so this is what the record lets expect. */
import type { Job } from '@wavefleet/contracts/job.ts';
import { isTerminal } from '@wavefleet/contracts/states.ts';

export const messagePlaces = ['unsent', 'queue', 'worker', 'lost-worker', 'none'] as const;

/** A place, in one word and in a sentence. */
export interface MessagePlace {
  readonly place: (typeof messagePlaces)[number];
  readonly explanation: string;
}

/** @param now epoch ms. */
export function messagePlace(
  job: Pick<Job, 'status' | 'lease' | 'dueAt' | 'unsent'>,
  now: number,
): MessagePlace {
  if (isTerminal(job.status)) {
    const explanation =
      'The job is over and needs no message; a leftover one is deleted by the worker that receives it.';
    return { place: 'none', explanation };
  }
  const next = job.dueAt === undefined ? 'nobody' : `a sweeper, after ${new Date(job.dueAt).toISOString()},`;
  if (job.status === 'created') {
    return job.unsent === true
      ? { place: 'unsent', explanation: `It may not have been sent; ${next} sends it.` }
      : {
          place: 'queue',
          explanation: `On the jobs queue, or hidden by a worker that cannot take it; ${next} sends it again.`,
        };
  }
  if (job.lease === undefined) {
    const explanation = `Hidden until the next attempt; ${next} sends it again.`;
    return { place: 'queue', explanation };
  }
  return job.lease.until >= now
    ? { place: 'worker', explanation: 'With the worker that holds the lease, which keeps it hidden.' }
    : {
        place: 'lost-worker',
        explanation: `With a worker that has not been heard from since its lease ended. It comes back when its visibility timeout is over; ${next} sends it again.`,
      };
}
