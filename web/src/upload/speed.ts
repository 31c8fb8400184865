/** How far back the speed looks, in ms: long enough to be calm, short enough to notice a slow line. */
const WINDOW_MS = 6_000;
/** Below this much history a figure would only jump about. */
const MIN_HISTORY_MS = 400;

/** Bytes per second over the last seconds. */
export class SpeedMeter {
  readonly #now: () => number;
  #samples: { at: number; bytes: number }[] = [];

  /** @param now a clock in ms that never goes back. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Says how many bytes there are in all so far. */
  record(bytes: number): void {
    const at = this.#now();
    this.#samples.push({ at, bytes });
    const oldest = at - WINDOW_MS;
    while (this.#samples.length > 2 && (this.#samples[1]?.at ?? at) <= oldest) this.#samples.shift();
  }

  /** Null until it is known. */
  bytesPerSecond(): number | null {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined) return null;
    const ms = this.#now() - first.at;
    if (ms < MIN_HISTORY_MS) return null;
    return Math.max(0, ((last.bytes - first.bytes) * 1000) / ms);
  }

  /** After a pause the time that passed says nothing about the line. */
  reset(): void {
    this.#samples = [];
  }
}
