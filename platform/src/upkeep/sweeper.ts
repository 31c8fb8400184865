/**
 * The sweeper: looks when nobody does, by one sparse index. It runs in every worker and in every API, so that somebody
 * looks also while there is no worker at all, and only one of them sweeps at a time.
 */
import type { Job } from '@wavefleet/contracts/job.ts';
import { every } from '../every.ts';
import type { Platform } from '../platform.ts';
import type { Look } from './due.ts';
import { wakeOrphans } from './orphans.ts';
import { SweeperPost } from './post.ts';
import { tellUntold } from './untold.ts';

/** One pass over all shards, by whoever asks for it. @returns how many jobs were woken or told. */
export async function sweepOnce(platform: Platform, look: Look = {}): Promise<number> {
  const { woken, untold } = await wakeOrphans(platform, look);
  return woken + (await tellUntold(platform, untold, look));
}

/**
 * Sweeps every SWEEP_INTERVAL_MS while this process has the post. Answers the function that ends it after the job
 * under way.
 */
export function startSweeper(platform: Platform): () => Promise<void> {
  const { config, duties, log } = platform;
  const everyMs = config.SWEEP_INTERVAL_MS;
  const post = new SweeperPost(duties, everyMs);
  const failed = (error: unknown) => log.say('sweep.failed', { err: error });
  let untold: readonly Job[] = [];
  const stopWaking = every(
    { everyMs },
    async (signal) => {
      const had = post.isMine;
      if (!(await post.take())) return;
      if (!had) log.say('sweep.taken-on');
      const found = await wakeOrphans(platform, { stopped: () => signal.aborted || !post.isMine });
      untold = found.untold;
    },
    failed,
  );
  // In turns of its own: an EventBridge that hangs keeps no orphan waiting.
  const stopTelling = every(
    { everyMs },
    async (signal) => {
      if (!post.isMine) return;
      const found = untold;
      untold = [];
      await tellUntold(platform, found, { stopped: () => signal.aborted || !post.isMine });
    },
    failed,
  );
  return async () => {
    await Promise.all([stopWaking(), stopTelling()]);
    await post.leave();
  };
}
