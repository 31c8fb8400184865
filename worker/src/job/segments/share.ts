/** Which part of a very long result is left to others by the worker that joins it. */

/** How it stands with the segments of one result. */
export interface Standing {
  /** Segments that nobody has begun. */
  readonly free: number;
  /** Of each one that another worker is at, which part is made, up to 1. */
  readonly helped: readonly number[];
  /** Segments that are to be joined yet, whoever makes them. */
  readonly unjoined: number;
  /** Whether the last segment, which nobody else can make, is begun. */
  readonly isLastBegun: boolean;
  /** How many segments this worker can make at once. */
  readonly lanes: number;
}

/** Fetching, joining and storing one, as a part of encoding it: 0.07 of MP3 at 128 kbit/s. */
const JOINING = 0.1;

/**
 * Whether who joins should make one more: where its own work is over before that of the others. All wait for it in the end,
 * so what it has to do alone counts before what anybody could do. A few others have no more cores than it has: then
 * nothing is left to them.
 */
export function isNeeded({ free, helped, unjoined, isLastBegun, lanes }: Standing): boolean {
  if (helped.length <= lanes) return true;
  const own = (1 + (isLastBegun ? 0 : 1)) / lanes + JOINING * unjoined;
  const ofOthers = helped.reduce((rest, part) => rest + 1 - part, free - 1) / helped.length;
  return own <= ofOthers;
}
