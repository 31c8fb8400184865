/** A source of which only the beginning and the end are there as yet; it is as long as the whole. */

/** Bytes of a file, from one place up to another one. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/** Up to its end, wherever that is. */
export const WHOLE: ByteRange = { from: 0, to: Number.POSITIVE_INFINITY };

export interface Holes {
  /** Of its beginning. */
  readonly headBytes: number;
  /** Brings what has to be there; what is there already stays as it is. @throws what stands for a source that cannot be had. */
  readonly fill: (range: ByteRange) => Promise<void>;
}
