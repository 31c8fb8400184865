/** For what could be said a thousand times a second and is heard as well when it is said once a minute. */
const EVERY_MS = 60_000;

/** @returns does the same, once a minute at most; calls in between do nothing. */
export function nowAndThen<Args extends unknown[]>(say: (...args: Args) => void): (...args: Args) => void {
  let saidAtMs = Number.NEGATIVE_INFINITY;
  return (...args) => {
    if (performance.now() - saidAtMs < EVERY_MS) return;
    saidAtMs = performance.now();
    say(...args);
  };
}
