/** How many cores of this machine one conversion may take without taking them from another. */
import { availableParallelism, cpus } from 'node:os';
import { setTimeout as passed } from 'node:timers/promises';
import type { Log } from '@wavefleet/platform/log/log.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import { takeTurn } from './machine-turn.ts';

/** The kernel counts in steps of 10 ms for each core: five of them tell whether one is idle or not. */
const LOOK_MS = 50;
/** A moment's work, as the end of the download of this very job or a collection of garbage, says nothing of the minutes to come. */
const LOOKS = 6;
/** The queue is asked for no longer than it would be worth waiting. */
const QUEUE_TIMEOUT_MS = 2_000;
/** After so long the kernel counts what was started because of a look. */
const SETTLE_MS = 1_000;

/** How busy a machine has been since its start. */
type CoreTimes = readonly { readonly times: { readonly idle: number } & Record<string, number> }[];

/** What is asked, and where; replaced in tests. */
interface Look {
  /** What the kernel counts. */
  readonly read?: () => CoreTimes;
  /** Of two who look at this one at once, the second one sees one core. */
  readonly machine?: string;
}

/**
 * Cores that nobody uses just now; 1 while jobs wait, since each of them needs a core, and when nobody knows. The job that
 * asks uses none meanwhile, so its own is among them. Of two jobs that ask at about the same time only one is told of
 * them: else both would start as many processes as there are cores.
 */
export async function idleCores(
  { queue, log }: { readonly queue: Pick<Platform['queue'], 'depth'>; readonly log: Log },
  { read = cpus, machine = 'idle-cores' }: Look = {},
): Promise<number> {
  try {
    const { waiting } = await queue.depth(AbortSignal.timeout(QUEUE_TIMEOUT_MS));
    if (waiting > 0) return 1;
  } catch (error) {
    log.say('split.unknown', { err: error });
    return 1;
  }
  const giveBack = await takeTurn(machine);
  if (giveBack === undefined) return 1;
  let cores = 1;
  for (let look = 0; look < LOOKS && cores === 1; look += 1) cores = await coresSeen(read);
  setTimeout(giveBack, cores === 1 ? 0 : SETTLE_MS).unref();
  return cores;
}

/** In one look. */
async function coresSeen(read: () => CoreTimes): Promise<number> {
  const before = read();
  await passed(LOOK_MS);
  const idle = idleBetween(before, read());
  // In a container there may be fewer than the machine has.
  return Math.max(1, Math.min(Math.round(idle), availableParallelism()));
}

/** Cores that were idle between two readings. */
export function idleBetween(before: CoreTimes, after: CoreTimes): number {
  return after.reduce((sum, { times }, core) => {
    const since = before[core]?.times;
    if (since === undefined) return sum;
    const passed = Object.entries(times).reduce((total, [kind, ms]) => total + ms - (since[kind] ?? 0), 0);
    return passed <= 0 ? sum : sum + (times.idle - since.idle) / passed;
  }, 0);
}
