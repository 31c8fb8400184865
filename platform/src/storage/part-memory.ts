/** Memory for parts that are held until S3 has them, so that they can be sent again. One for each process. */

/** S3 takes parts from 5 MiB; a larger one costs fewer calls and more memory. */
export const HELD_PART_BYTES = 8 * 1024 ** 2;
/** Parts held at once in a process: 128 MiB at most. */
const HELD_AT_ONCE = 16;
/** Buffers kept for the next one: memory that is given back and asked for again is memory that grows. */
const KEPT = 4;

/** Lends buffers of {@link HELD_PART_BYTES}. */
export class PartMemory {
  readonly #kept: Buffer[] = [];
  #lent = 0;

  /** A buffer, or undefined when as much is lent as may be. @param must takes one all the same. */
  take(must: true): Buffer;
  take(must?: boolean): Buffer | undefined;
  take(must = false): Buffer | undefined {
    if (this.#lent >= HELD_AT_ONCE && !must) return undefined;
    this.#lent += 1;
    // Not touched before it is written to: who sends slowly holds no more than has arrived.
    return this.#kept.pop() ?? Buffer.allocUnsafeSlow(HELD_PART_BYTES);
  }

  giveBack(buffer: Buffer): void {
    this.#lent -= 1;
    if (this.#kept.length < KEPT) this.#kept.push(buffer);
  }
}
