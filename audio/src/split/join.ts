/** What the joiners of all codecs have in common. */

import type { Arrivals } from './arrivals.ts';

/** One encoded segment, in frames of the result. */
export interface JoinedSegment {
  /** Name within the folder. */
  readonly file: string;
  /** The frame of the result that its own first one is: it begins earlier than it is needed, to warm its encoder up. */
  readonly firstFrame: number;
  /** The frame with which it should take over. 0 for the first segment. */
  readonly takesOver: number;
}

/** What is to be joined. */
export interface JoinOrder {
  /** The folder of the attempt. */
  readonly cwd: string;
  /** At least two, in their order. */
  readonly segments: readonly JoinedSegment[];
  /** Which of them are there. Default: all are. */
  readonly arrivals?: Arrivals;
  /** How many frames a segment goes on behind the place where the next one takes over. */
  readonly lookAhead: number;
  /** Name within the folder of what is written. */
  readonly result: string;
}

/** What a joiner has written. */
export interface Joined {
  /** Where segments meet, in frames of the result. */
  readonly seams: readonly number[];
  /** Samples of sound that the result declares. */
  readonly samples: number;
}

/** The segments cannot be joined so that nobody hears it. One process makes the result then. */
export class CannotJoin extends Error {}
