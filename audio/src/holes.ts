/** A source of which not all is there as yet; it is as long as the whole. */

/** Bytes of a file, from one place up to another one. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/** Up to its end, wherever that is. */
export const WHOLE: ByteRange = { from: 0, to: Number.POSITIVE_INFINITY };

export interface Holes {
  /**
   * What is missing comes in its order, once some of it was asked for, and will all be there after about so many seconds. Default:
   * it is fetched for who asks.
   */
  readonly arrivingSeconds?: number;
  /** Of its beginning. */
  readonly headBytes: number;
  /**
   * How often what had come was not the source, and all of it is fetched anew: what was made of it before is of no use. Known
   * when the end has come. Default: never.
   */
  readonly renewals?: number;
  /** Brings what has to be there; what is there already stays as it is. @throws what stands for a source that cannot be had. */
  readonly fill: (range: ByteRange) => Promise<void>;
}

/** As {@link Holes.fill}, for nobody who is not wanted any more. @throws the signal's reason as well. */
export async function fillUnlessAborted(
  holes: Holes | undefined,
  range: ByteRange,
  signal: AbortSignal,
): Promise<void> {
  if (holes === undefined) return;
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const stop = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    await Promise.race([holes.fill(range), aborted.promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
