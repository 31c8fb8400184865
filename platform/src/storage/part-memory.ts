/** Memory for parts that are held until S3 has them, so that they can be sent again. One for each process. */

/** S3 takes parts from 5 MiB; a larger one costs fewer calls and more memory. */
export const HELD_PART_BYTES = 8 * 1024 ** 2;
/** Buffers kept for the next one: memory that is given back and asked for again is memory that grows. */
const KEPT = 4;

/** Lends buffers of {@link HELD_PART_BYTES}. */
export class PartMemory {
  readonly #kept: Buffer[] = [];
  #lent = 0;
  readonly #most: number;

  /** @param budgetBytes of all that is lent at once. */
  constructor(budgetBytes: number) {
    this.#most = Math.max(1, Math.floor(budgetBytes / HELD_PART_BYTES));
  }

  /** A buffer, or undefined when as much is lent as may be. */
  take(): Buffer | undefined {
    if (this.#lent >= this.#most) return undefined;
    this.#lent += 1;
    // Not touched before it is written to: who sends slowly holds no more than has arrived.
    return this.#kept.pop() ?? Buffer.allocUnsafeSlow(HELD_PART_BYTES);
  }

  giveBack(buffer: Buffer): void {
    this.#lent -= 1;
    if (this.#kept.length < KEPT) this.#kept.push(buffer);
  }
}
