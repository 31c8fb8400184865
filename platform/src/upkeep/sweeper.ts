/**
 * The sweeper: looks when nobody does, by one sparse index. It runs in every worker and in every API, so that somebody
 * looks also while there is no worker at all, and only one of them sweeps at a time.
 */
import type { Job } from '@wavefleet/contracts/job.ts';
import { every, SOON } from '../every.ts';
import type { Platform } from '../platform.ts';
import { settleDeadLetters } from './dead-letters.ts';
import { sendDropsAgain } from './drops-again.ts';
import type { Look } from './due.ts';
import { ORPHANS_TAKEN_FOR_MS, wakeOrphans } from './orphans.ts';
import { Post } from './post.ts';
import { Trouble } from './trouble.ts';
import { tellUntold, UNTOLD_TAKEN_FOR_MS } from './untold.ts';

/** Turns between two looks at the dead letters; and when those that are there wait for people. */
const LETTERS = 6;
const LETTERS_FOR_PEOPLE = 60;

/** One pass over all shards, by whoever asks for it. @returns how many jobs were woken or told. */
export async function sweepOnce(platform: Platform, look: Look = {}): Promise<number> {
  const { woken, untold } = await wakeOrphans(platform, look);
  const { told } = await tellUntold(platform, untold, look);
  return woken + told;
}

/**
 * Sweeps every SWEEP_INTERVAL_MS while this process has the post. Answers the function that ends it after the job
 * under way.
 */
export function startSweeper(platform: Platform): () => Promise<void> {
  const { config, duties, log } = platform;
  const post = new Post(duties, 'sweep', config.SWEEP_INTERVAL_MS);
  let untold: readonly Job[] = [];
  const queueTrouble = new Trouble(ORPHANS_TAKEN_FOR_MS);
  const busTrouble = new Trouble(UNTOLD_TAKEN_FOR_MS);
  let lettersAtMs = 0;
  let dropsAtMs = 0;
  const onTurn = (turn: (look: Look) => Promise<unknown>) =>
    every(
      { everyMs: config.SWEEP_INTERVAL_MS },
      (signal) => turn({ stopped: () => signal.aborted || !post.isMine }),
      (error) => log.say('sweep.failed', { err: error }),
    );
  // Each in turns of its own: a long pass keeps its post, and an EventBridge that hangs keeps no orphan waiting.
  const stops = [
    onTurn(async () => {
      const had = post.isMine;
      if ((await post.take()) && !had) log.say('sweep.taken-on');
    }),
    onTurn(async (look) => {
      // Who has just taken the post on does not wait for a turn more, and asks nobody anything until then.
      if (!post.isMine) return SOON;
      const found = await wakeOrphans(platform, look);
      untold = found.untold;
      // A queue that does not answer may do so in a moment; until then a pass gives up after a few jobs.
      return queueTrouble.after(found.waiting);
    }),
    onTurn(async (look) => {
      if (!post.isMine) return SOON;
      const found = untold;
      untold = [];
      const { waiting } = await tellUntold(platform, found, look);
      return busTrouble.after(waiting);
    }),
    onTurn(async ({ stopped }) => {
      if (!post.isMine || performance.now() < lettersAtMs) return;
      const { seenTo, left } = await settleDeadLetters(platform, stopped);
      const turns = left > 0 && seenTo === 0 ? LETTERS_FOR_PEOPLE : LETTERS;
      lettersAtMs = performance.now() + turns * config.SWEEP_INTERVAL_MS;
    }),
    onTurn(async ({ stopped }) => {
      if (!post.isMine || performance.now() < dropsAtMs) return;
      dropsAtMs = performance.now() + LETTERS_FOR_PEOPLE * config.SWEEP_INTERVAL_MS;
      await sendDropsAgain(platform, stopped);
    }),
  ];
  return async () => {
    await Promise.all(stops.map((stop) => stop()));
    await post.leave();
  };
}
