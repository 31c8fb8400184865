/** How long to wait before another try: one formula for everything here that tries again. */

export interface Backoff {
  /** Ceiling of the first pause; it doubles with each further failure. */
  readonly firstMs: number;
  /** The highest ceiling. */
  readonly maxMs: number;
}

/**
 * Milliseconds to wait after so many failures in a row (from 1), with equal jitter: at least half of the ceiling, so
 * that a handful of tries outlasts a short outage, and at random above it, so that a fleet does not come back in step
 * (AWS Architecture Blog: "Exponential Backoff And Jitter").
 */
export function backoffMs(failures: number, { firstMs, maxMs }: Backoff): number {
  const ceilingMs = Math.min(maxMs, firstMs * 2 ** Math.max(0, failures - 1));
  return Math.round(ceilingMs * (0.5 + Math.random() / 2));
}
