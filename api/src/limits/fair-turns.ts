/**
 * So much work at once, and no more: who comes while all places are taken waits, and owners take turns. A thousand
 * requests of one owner then keep the process busy, not deaf, and hold up nobody else's first.
 */
export class FairTurns {
  readonly #places: number;
  /** Those who wait, by owner; the owner whose turn was longest ago comes first. */
  readonly #waiting = new Map<string, (() => void)[]>();
  #busy = 0;

  /** @param places how much is done at once. */
  constructor(places: number) {
    this.#places = places;
  }

  /** Does the work when it is its turn. @throws what the work throws. */
  async run<T>(ownerId: string, work: () => Promise<T>): Promise<T> {
    if (this.#busy < this.#places) this.#busy += 1;
    else await new Promise<void>((resolve) => this.#queueOf(ownerId).push(resolve));
    try {
      return await work();
    } finally {
      this.#next();
    }
  }

  #queueOf(ownerId: string): (() => void)[] {
    const queue = this.#waiting.get(ownerId) ?? [];
    this.#waiting.set(ownerId, queue);
    return queue;
  }

  /** Hands the place on, or gives it back. */
  #next(): void {
    const [first] = this.#waiting;
    if (first === undefined) {
      this.#busy -= 1;
      return;
    }
    const [ownerId, queue] = first;
    const go = queue.shift();
    this.#waiting.delete(ownerId);
    if (queue.length > 0) this.#waiting.set(ownerId, queue);
    // Not now: work that waits for nothing outside would else be followed by all the rest before anything else is heard.
    if (go !== undefined) setImmediate(go);
  }
}
