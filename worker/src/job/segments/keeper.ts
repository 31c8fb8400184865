/**
 * Keeps the segments of a very long result in S3, so that an attempt which is interrupted loses those at work alone, and
 * has other workers help. See
 * `docs/decisions/018-segments-of-very-long-results.md`.
 */
import type { SegmentKeeper } from '@wavefleet/audio/segment-keeper.ts';
import type { JobContext } from '../context.ts';
import { gather } from './gather.ts';
import { SegmentStore } from './segment-store.ts';

/** The queue is asked for no longer than it would be worth waiting. */
const QUEUE_TIMEOUT_MS = 2_000;
/** A queue is short up to so many messages: some may call for help with what is over by now. */
const SHORT_QUEUE = 4;

/** Undefined where the settings say never. */
export function segmentKeeper(context: JobContext): SegmentKeeper | undefined {
  const leastSeconds = context.platform.config.FLEET_SPLIT_MIN_SECONDS;
  if (leastSeconds === 0) return undefined;
  const store = new SegmentStore(context);
  return {
    leastSeconds,
    isWanted: async () => await isWanted(context, store),
    gather: async (gathering) => await gather(context, store, gathering),
  };
}

/** While many jobs wait, their work comes first, unless some of this one was done before. */
async function isWanted({ job, platform, log }: JobContext, store: SegmentStore): Promise<boolean> {
  try {
    const { waiting } = await platform.queue.depth(AbortSignal.timeout(QUEUE_TIMEOUT_MS));
    if (waiting <= SHORT_QUEUE) return true;
  } catch (error) {
    log.say('split.unknown', { err: error });
  }
  if (job.attempt === 1) return false;
  return await store.keys().then(
    (keys) => keys.size > 0,
    () => false,
  );
}
