/**
 * So much work at once, and no more: who comes while all places are taken waits, and owners take turns. A thousand
 * requests of one owner then keep the process busy, not deaf, and hold up nobody else's first.
 */
import { RoundRobin } from '../http/round-robin.ts';

export class FairTurns {
  readonly #places: number;
  readonly #waiting = new RoundRobin<() => void>();
  #busy = 0;

  /** @param places how much is done at once. */
  constructor(places: number) {
    this.#places = places;
  }

  /** Does the work when it is its turn. @throws what the work throws. */
  async run<T>(ownerId: string, work: () => Promise<T>): Promise<T> {
    if (this.#busy < this.#places) this.#busy += 1;
    else await new Promise<void>((resolve) => this.#waiting.push(ownerId, resolve));
    try {
      return await work();
    } finally {
      this.#next();
    }
  }

  /** Hands the place on, or gives it back. */
  #next(): void {
    const go = this.#waiting.shift();
    if (go === undefined) this.#busy -= 1;
    // Not now: work that waits for nothing outside would else be followed by all the rest before anything else is heard.
    else setImmediate(go);
  }
}
