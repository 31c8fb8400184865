/** Reads figures of some bits, the highest bit first. */
export class Bits {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, firstByte = 0) {
    this.#bytes = bytes;
    this.#at = firstByte * 8;
  }

  /** Behind the end there are zeros. */
  take(count: number): number {
    let figure = 0;
    for (let bit = 0; bit < count; bit += 1, this.#at += 1) {
      figure = figure * 2 + (((this.#bytes[this.#at >> 3] ?? 0) >> (7 - (this.#at & 7))) & 1);
    }
    return figure;
  }

  skip(count: number): void {
    this.#at += count;
  }
}
