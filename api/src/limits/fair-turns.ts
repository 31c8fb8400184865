/**
 * So much work at once, and no more: who comes while all places are taken waits, and owners take turns. A thousand
 * requests of one owner then keep the process busy, not deaf, and hold up nobody else's first: most places are for others.
 *
 * All work shares one thread, and each step of a request waits for one step of whatever else is under way. So as long as
 * others are about, each owner has one place: who asks for little then waits for one step of a flood in each of its own.
 */
import { RoundRobin } from '../server/round-robin.ts';

/** Who has asked for something so lately is about to again: whoever waits for a job looks at it every second or more often. */
const ABOUT_MS = 1_000;

interface Seen {
  readonly ownerId: string;
  readonly atMs: number;
}

export class FairTurns {
  readonly #places: number;
  readonly #alone: number;
  readonly #now: () => number;
  readonly #waiting = new RoundRobin<() => void>();
  /** Places that each owner has taken. */
  readonly #taken = new Map<string, number>();
  #busy = 0;
  /** Who has asked last, and who last before that was another one. */
  #latest: Seen | undefined;
  #other: Seen | undefined;

  /**
   * @param places how much is done at once. An owner has a quarter of them at most while no other one is about, else one.
   * @param now monotonic ms.
   */
  constructor(places: number, now: () => number = () => performance.now()) {
    this.#places = places;
    this.#alone = Math.ceil(places / 4);
    this.#now = now;
  }

  /** Does the work when it is its turn. @throws what the work throws. */
  async run<T>(ownerId: string, work: () => Promise<T>): Promise<T> {
    this.#see(ownerId);
    if (this.#busy < this.#places && this.#mayCome(ownerId)) this.#take(ownerId);
    else await new Promise<void>((resolve) => this.#waiting.push(ownerId, resolve));
    try {
      return await work();
    } finally {
      this.#giveBack(ownerId);
    }
  }

  #see(ownerId: string): void {
    if (this.#latest !== undefined && this.#latest.ownerId !== ownerId) this.#other = this.#latest;
    this.#latest = { ownerId, atMs: this.#now() };
  }

  #mayCome(ownerId: string): boolean {
    const other = this.#latest?.ownerId === ownerId ? this.#other : this.#latest;
    const isAlone = other === undefined || this.#now() - other.atMs > ABOUT_MS;
    return (this.#taken.get(ownerId) ?? 0) < (isAlone ? this.#alone : 1);
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
    // More than one, where an owner has become alone.
    while (this.#busy < this.#places) {
      const next = this.#waiting.shift((name) => this.#mayCome(name));
      if (next === undefined) return;
      this.#take(next.name);
      // Not now: work that waits for nothing outside would else be followed by all the rest before anything else is heard.
      setImmediate(next.item);
    }
  }
}
