/** How segments of a very long result outlive the process that made them. Where they are kept is the caller's affair. */

/** A segment as others know it. */
export interface KeptSegment {
  /** A hash of all that decides over its bytes: of one name there is one segment, whoever made it. */
  readonly name: string;
  /** Name within the folder, as which it has to come to lie there. */
  readonly file: string;
}

/** All segments of one result, to be made or brought. */
export interface Gathering {
  /** Hash of all names. */
  readonly plan: string;
  /** Whether others come to the same segments by the order alone: nothing had to be listened to before. */
  readonly canBeHelped: boolean;
  /** All but the last one, in their order. That one hears the source to its end, and so is always made here. */
  readonly kept: readonly KeptSegment[];
  /** How many may be encoded at once. */
  readonly lanes: number;
  /**
   * Encodes one here; `kept.length` is the last one. Answers whether others may have it: FFmpeg complained of nothing.
   * @throws as an encode does.
   */
  readonly make: (index: number) => Promise<boolean>;
  /** Tells which part, up to 1, there is of one that is not made here. */
  readonly note: (index: number, part: number) => void;
  /** To be told of one that was brought: it lies in the folder, whole. */
  readonly brought: (index: number) => void;
  /** Resolves when all that lies there in order is joined: who encodes one more keeps the joiner from its core. */
  readonly areJoined: () => Promise<void>;
  /** Aborted when nobody wants the result any more, or one of them failed. */
  readonly signal: AbortSignal;
}

/** Keeps segments, and may have others make them. */
export interface SegmentKeeper {
  /** Seconds of a result from which on its segments are kept. */
  readonly leastSeconds: number;
  /** Whether they are to be kept this time. Asked once, and only for a result that is long enough. */
  readonly isWanted: () => Promise<boolean>;
  /** Resolves when the last one was made, and all others lie in the folder. @throws what `make` throws. */
  readonly gather: (gathering: Gathering) => Promise<void>;
}
