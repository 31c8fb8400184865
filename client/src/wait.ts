/** Waiting between two tries. */

/** Resolves after `ms`; rejects with the signal's reason when it is aborted before. */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>;

/** By the clock. */
export const sleep: Sleep = (ms, signal) =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });

/**
 * How long to wait before try number `failures` + 1: doubles from `firstMs` to `maxMs`, with jitter over the upper
 * half, so that many clients do not come back in step.
 */
export function backoffMs(
  failures: number,
  firstMs: number,
  maxMs: number,
  random: () => number = Math.random,
): number {
  const full = Math.min(maxMs, firstMs * 2 ** Math.max(0, failures - 1));
  return Math.round(full * (0.5 + random() / 2));
}
