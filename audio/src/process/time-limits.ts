/** How long FFmpeg may take over a file. */

/** How long one FFmpeg run may take. Both limits are wall seconds. */
export interface TimeLimits {
  /** Killed when neither output time nor output size advanced for so long. */
  readonly stallSeconds: number;
  readonly totalSeconds: number;
}

const STALL_SECONDS = 30;
const TOTAL_FLOOR_SECONDS = 120;
/** Also what a source without a declared duration gets. */
const TOTAL_CAP_SECONDS = 4 * 3600;
/** The slowest encoder runs 99 times faster than playback on one quiet core. */
const SLOWEST_SPEED = 2;
/** Decoding alone (up to the start of a trim) runs at 800 times playback; a crowded box gets a 16th. */
const SLOWEST_SKIP_SPEED = 50;

/** A header may declare less than there is: 128 kbit/s are taken for the least of what is worth counting. */
const USUAL_BYTES_PER_SECOND = 16_000;

/**
 * Derives the limits from the declared duration. A trim is decoded from 0 and shows no progress until its
 * start, so that much longer silence is allowed.
 * @param sizeBytes of the source; 0 where its size says nothing of the time.
 */
export function timeLimits(
  durationSeconds: number | null,
  trimStart: number | undefined,
  sizeBytes = 0,
): TimeLimits {
  const longest = Math.max(durationSeconds ?? 0, sizeBytes / USUAL_BYTES_PER_SECOND);
  const total = durationSeconds === null ? TOTAL_CAP_SECONDS : longest / SLOWEST_SPEED;
  return {
    stallSeconds: STALL_SECONDS + (trimStart ?? 0) / SLOWEST_SKIP_SPEED,
    totalSeconds: Math.min(TOTAL_CAP_SECONDS, Math.max(TOTAL_FLOOR_SECONDS, total)),
  };
}
