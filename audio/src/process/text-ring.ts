/** The end of an endless text. */

/** Keeps the last bytes of a stream, in at most twice as much memory. */
export class TextRing {
  readonly #limitBytes: number;
  #chunks: Buffer[] = [];
  #sizeBytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#sizeBytes += chunk.length;
    if (this.#sizeBytes > 2 * this.#limitBytes) this.#compact();
  }

  text(): string {
    this.#compact();
    return this.#chunks[0]?.toString('utf8') ?? '';
  }

  #compact(): void {
    const last = Buffer.concat(this.#chunks).subarray(-this.#limitBytes);
    this.#chunks = [last];
    this.#sizeBytes = last.length;
  }
}
