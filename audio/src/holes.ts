/** A source of which only the beginning and the end are there as yet; it is as long as the whole. */
import type { ByteRange } from './split/heard-part.ts';

export interface Holes {
  /** Of its beginning. */
  readonly headBytes: number;
  /** Brings what has to be there; what is there already stays as it is. @throws what stands for a source that cannot be had. */
  readonly fill: (range: ByteRange) => Promise<void>;
}
