/**
 * So much work at once, and no more: who comes while all places are taken waits, and owners take turns. A thousand
 * requests of one owner then keep the process busy, not deaf, and hold up nobody else's first: most places are for others.
 */
import { RoundRobin } from '../server/round-robin.ts';

export class FairTurns {
  readonly #places: number;
  readonly #perOwner: number;
  readonly #waiting = new RoundRobin<() => void>();
  /** Places that each owner has taken. */
  readonly #taken = new Map<string, number>();
  #busy = 0;

  /** @param places how much is done at once. One owner has a quarter of them at most. */
  constructor(places: number) {
    this.#places = places;
    this.#perOwner = Math.ceil(places / 4);
  }

  /** Does the work when it is its turn. @throws what the work throws. */
  async run<T>(ownerId: string, work: () => Promise<T>): Promise<T> {
    if (this.#busy < this.#places && this.#mayCome(ownerId)) this.#take(ownerId);
    else await new Promise<void>((resolve) => this.#waiting.push(ownerId, resolve));
    try {
      return await work();
    } finally {
      this.#giveBack(ownerId);
    }
  }

  #mayCome(ownerId: string): boolean {
    return (this.#taken.get(ownerId) ?? 0) < this.#perOwner;
  }

  #take(ownerId: string): void {
    this.#busy += 1;
    this.#taken.set(ownerId, (this.#taken.get(ownerId) ?? 0) + 1);
  }

  #giveBack(ownerId: string): void {
    this.#busy -= 1;
    const left = (this.#taken.get(ownerId) ?? 1) - 1;
    if (left === 0) this.#taken.delete(ownerId);
    else this.#taken.set(ownerId, left);
    const next = this.#waiting.shift((name) => this.#mayCome(name));
    if (next === undefined) return;
    this.#take(next.name);
    // Not now: work that waits for nothing outside would else be followed by all the rest before anything else is heard.
    setImmediate(next.item);
  }
}
