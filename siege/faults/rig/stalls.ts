/** How often the machine stood still for everybody: no lease of 3 s outlives that, and no fleet is to blame. */

const LOOK_MS = 100;
/** A beat that is so much late, on its way through a rig that is, is too late. */
const STALL_MS = 500;

export class Stalls {
  #count = 0;
  readonly #timer: NodeJS.Timeout;

  constructor() {
    let lookedAtMs = performance.now();
    this.#timer = setInterval(() => {
      const nowMs = performance.now();
      if (nowMs - lookedAtMs > LOOK_MS + STALL_MS) this.#count += 1;
      lookedAtMs = nowMs;
    }, LOOK_MS);
    this.#timer.unref();
  }

  /** Since the last {@link forget}. */
  get count(): number {
    return this.#count;
  }

  forget(): void {
    this.#count = 0;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
