/** The jobs that wait: who came first goes first, and who was handed over is older than all that wait. */

/** Those that went are cut off so many at a time: cutting each one would copy the whole line. */
const CUT_AT_ONCE = 10_000;

export class Queue<J> {
  readonly #line: J[] = [];
  #head = 0;
  readonly #returned: J[] = [];

  get length(): number {
    return this.#line.length - this.#head + this.#returned.length;
  }

  add(job: J): void {
    this.#line.push(job);
  }

  /** It was taken, and is to go before those that were not. */
  giveBack(job: J): void {
    this.#returned.push(job);
  }

  /** @throws Error when nobody waits. */
  take(): J {
    const returned = this.#returned.pop();
    if (returned !== undefined) return returned;
    const job = this.#line[this.#head];
    if (job === undefined) throw new Error('taken from an empty queue');
    this.#head += 1;
    if (this.#head > CUT_AT_ONCE) {
      this.#line.splice(0, this.#head);
      this.#head = 0;
    }
    return job;
  }
}
