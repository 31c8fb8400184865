/** So many at once, of one owner and in all: for what a process holds open, such as event streams. */
export class Places {
  readonly #perOwner: number;
  readonly #inAll: number;
  readonly #taken = new Map<string, number>();
  #sum = 0;

  constructor(perOwner: number, inAll: number) {
    this.#perOwner = perOwner;
    this.#inAll = inAll;
  }

  /** The function that gives the place back, or undefined when there is none. */
  take(ownerId: string): (() => void) | undefined {
    const own = this.#taken.get(ownerId) ?? 0;
    if (own >= this.#perOwner || this.#sum >= this.#inAll) return undefined;
    this.#taken.set(ownerId, own + 1);
    this.#sum += 1;
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      this.#sum -= 1;
      const left = (this.#taken.get(ownerId) ?? 1) - 1;
      if (left === 0) this.#taken.delete(ownerId);
      else this.#taken.set(ownerId, left);
    };
  }
}
