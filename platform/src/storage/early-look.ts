/** A look at how a stored file starts, before anybody works on it. */
import type { Failure } from '@wavefleet/contracts/failure.ts';
import type { ObjectRef } from '@wavefleet/contracts/job.ts';
import { refusalOf, SNIFF_BYTES } from '@wavefleet/contracts/sniff.ts';
import type { Log } from '../log/log.ts';
import type { ObjectStore } from './objects.ts';

/** What a look may cost somebody who waits. */
const LOOK_MS = 2_000;

/**
 * The refusal of a stored file that certainly is neither audio nor video, else undefined.
 * @throws SDK errors, also when it is gone or was replaced.
 */
export async function refusalOfStored(
  objects: Pick<ObjectStore, 'start'>,
  file: ObjectRef,
  signal?: AbortSignal,
): Promise<Failure | undefined> {
  // S3 has no range of an empty object, and there is nothing to see.
  return file.sizeBytes === 0 ? undefined : refusalOf(await objects.start(file, SNIFF_BYTES, signal));
}

/** As {@link refusalOfStored}, but what cannot be looked at right now goes on: the worker looks again. Never throws. */
export async function refusalIfSeen(
  { objects, log }: { readonly objects: Pick<ObjectStore, 'start'>; readonly log: Pick<Log, 'say'> },
  file: ObjectRef,
): Promise<Failure | undefined> {
  return await refusalOfStored(objects, file, AbortSignal.timeout(LOOK_MS)).catch((error: unknown) => {
    log.say('start.unseen', { err: error, bucket: file.bucket, key: file.key });
    return undefined;
  });
}
