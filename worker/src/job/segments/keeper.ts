/**
 * Keeps the segments of a very long result in S3, so that an attempt which is interrupted loses those at work alone. See
 * `docs/decisions/018-segments-of-very-long-results.md`.
 */
import type { Gathering, SegmentKeeper } from '@wavefleet/audio/segment-keeper.ts';
import type { JobContext } from '../context.ts';
import { SegmentStore } from './segment-store.ts';

/** The queue is asked for no longer than it would be worth waiting. */
const QUEUE_TIMEOUT_MS = 2_000;

/** Undefined where the settings say never. */
export function segmentKeeper(context: JobContext): SegmentKeeper | undefined {
  const leastSeconds = context.platform.config.FLEET_SPLIT_MIN_SECONDS;
  if (leastSeconds === 0) return undefined;
  const store = new SegmentStore(context);
  return {
    leastSeconds,
    isWanted: async () => await isWanted(context, store),
    gather: async (gathering) => await gather(store, gathering),
  };
}

/** While jobs wait, their work comes first, unless some of this one was done before. */
async function isWanted({ job, platform, log }: JobContext, store: SegmentStore): Promise<boolean> {
  try {
    const { waiting } = await platform.queue.depth(AbortSignal.timeout(QUEUE_TIMEOUT_MS));
    if (waiting === 0) return true;
  } catch (error) {
    log.say('split.unknown', { err: error });
  }
  if (job.attempt === 1) return false;
  return await store.keys().then(
    (keys) => keys.size > 0,
    () => false,
  );
}

/** What is there is taken up, what is not is made and stored, the last one at the end. */
async function gather(store: SegmentStore, { kept, lanes, make, note, signal }: Gathering): Promise<void> {
  const stored = await store.keys().catch(() => new Set<string>());
  const rest = [...kept.keys(), kept.length].values();
  const lane = async () => {
    for (const index of rest) {
      signal.throwIfAborted();
      const segment = kept[index];
      if (segment !== undefined && stored.has(store.keyOf(segment)) && (await store.fetch(segment, index))) {
        note(index, 1);
        continue;
      }
      const isFit = await make(index);
      if (segment !== undefined && isFit) await store.put(segment, index);
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: lanes }, lane));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}
