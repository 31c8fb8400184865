/** The result file of a drop: what a client that only speaks S3 reads below `results/`. */
import { text } from 'node:stream/consumers';
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { Job } from '@wavefleet/contracts/job.ts';
import { dropResultKey } from '@wavefleet/contracts/keys.ts';
import { z } from 'zod';
import { isMissing } from '../aws/errors.ts';
import type { Log } from '../log/log.ts';
import type { ObjectStore } from '../storage/objects.ts';

/** Which of the files that were dropped under one key. All empty: nobody knows. */
export interface DropVersion {
  readonly etag: string;
  readonly version: string;
  /** S3's, empty where the store makes none. */
  readonly sequencer: string;
  /** ISO time of the drop; only kept where there is no sequencer. */
  readonly eventTime?: string | undefined;
}

/** How often another writer may come in between. */
const MAX_TRIES = 5;

const storedSchema = z.object({
  sequencer: z.string().nullish(),
  eventTime: z.string().nullish(),
});
type Order = z.infer<typeof storedSchema>;

/**
 * Writes the result file of a drop, unless it tells of a newer drop of that key already: S3 tells in no order, and a
 * long conversion of the older file may end after a short one of the newer.
 * @throws Failure SERVICE_UNAVAILABLE when others keep writing it meanwhile. SDK errors.
 */
export async function answerDrop(
  { objects, log }: { readonly objects: ObjectStore; readonly log: Pick<Log, 'say'> },
  dropKey: string,
  result: ReturnType<typeof dropResult>,
): Promise<void> {
  const key = dropResultKey(dropKey);
  const told = { jobId: result.jobId ?? undefined, bucket: objects.bucket, key };
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const stored = await readStored(objects, key);
    if (stored !== undefined && isNewer(stored.order, result)) return log.say('drop.outdated', told);
    if (await objects.putJsonIf(key, result, stored?.etag)) return log.say('drop.answered', told);
  }
  throw new Failure('SERVICE_UNAVAILABLE', { cause: new Error(`${key} is being written by others`) });
}

/** @param job what is known of it; a refused drop has no job. */
export function dropResult(job: Partial<Job> & Pick<Job, 'status'>, drop: DropVersion) {
  return {
    jobId: job.jobId ?? null,
    status: job.status,
    outputKey: job.outputS3Location?.key ?? null,
    error: job.error ?? null,
    warnings: job.warnings ?? [],
    etag: drop.etag,
    version: drop.version,
    sequencer: drop.sequencer || null,
    eventTime: drop.eventTime || null,
  };
}

/** Undefined where there is none. One that cannot be read is as old as can be. */
async function readStored(
  objects: ObjectStore,
  key: string,
): Promise<{ etag: string; order: Order } | undefined> {
  try {
    const { body, etag } = await objects.open(key);
    return { etag, order: parseOrder(await text(body)) };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function parseOrder(json: string): Order {
  try {
    return storedSchema.parse(JSON.parse(json));
  } catch {
    return {};
  }
}

/** Whether `a` certainly was dropped later than `b`. */
export function isNewer(a: Order, b: Order): boolean {
  if (a.sequencer && b.sequencer)
    return comparable(a.sequencer, b.sequencer) > comparable(b.sequencer, a.sequencer);
  if (a.eventTime && b.eventTime) return Date.parse(a.eventTime) > Date.parse(b.eventTime);
  return false;
}

/** AWS ("Event message structure"): the shorter one is padded with zeros on its right, then they compare as texts. */
function comparable(sequencer: string, other: string): string {
  return sequencer.toUpperCase().padEnd(other.length, '0');
}
