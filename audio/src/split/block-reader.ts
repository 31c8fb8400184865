/** Reads a file from a place on, without holding more of it than a block. */
import type { FileHandle } from 'node:fs/promises';
import { litter } from '@wavefleet/platform/litter.ts';

const BLOCK_BYTES = 256 * 1024;

export class BlockReader {
  readonly #file: FileHandle;
  #block = Buffer.alloc(0);
  #at = 0;
  #position: number;
  #isAtEnd = false;

  /** @param from where the first byte lies. */
  constructor(file: FileHandle, from = 0) {
    this.#file = file;
    this.#position = from;
  }

  /** What comes next, at least so many bytes of it unless the file ends before. The bytes stay as they are. */
  async ahead(least: number): Promise<Buffer> {
    while (this.#block.length - this.#at < least && !this.#isAtEnd) await this.#fill();
    return this.#block.subarray(this.#at);
  }

  /** Goes on by so many bytes of what was ahead, and answers them. */
  take(length: number): Buffer {
    const taken = this.#block.subarray(this.#at, this.#at + length);
    this.#at += length;
    return taken;
  }

  /** Into a new block each time: whoever has taken bytes may keep them. */
  async #fill(): Promise<void> {
    const rest = this.#block.length - this.#at;
    const block = Buffer.allocUnsafe(rest + BLOCK_BYTES);
    this.#block.copy(block, 0, this.#at);
    const { bytesRead } = await this.#file.read(block, rest, BLOCK_BYTES, this.#position);
    this.#isAtEnd = bytesRead === 0;
    this.#position += bytesRead;
    this.#block = block.subarray(0, rest + bytesRead);
    litter(BLOCK_BYTES);
    this.#at = 0;
  }
}
