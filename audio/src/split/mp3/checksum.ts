/** The checksum of LAME's header: CRC-16 of the polynomial 0x8005, lowest bits first, from 0 on. */
import type { IHasher } from 'hash-wasm';

/** The polynomial as one of 32 bits, whose upper half stays empty. */
const POLYNOMIAL = 0xa001;
/** With what hash-wasm begins, and inverts what it ends with. */
const ALL_BITS = 0xffff_ffff;
const REGISTER_BYTES = 4;

/** A checksum of what is added, in the order in which it is. In WebAssembly: without V8's optimizers it takes 20 times as long. */
export class Checksum {
  readonly #hasher: IHasher;
  #isEmpty = true;

  private constructor(hasher: IHasher) {
    this.#hasher = hasher.init();
  }

  /** Loads the library, 280 KB of text for all its hashes, no sooner than an MP3 is joined. */
  static async create(): Promise<Checksum> {
    const { createCRC32 } = await import('hash-wasm');
    return new Checksum(await createCRC32(POLYNOMIAL));
  }

  /** @param bytes four at least the first time. */
  add(bytes: Buffer): void {
    // One that begins with all bits set takes the first four bytes for their opposite.
    this.#hasher.update(this.#isEmpty ? withInverted(bytes, REGISTER_BYTES) : bytes);
    this.#isEmpty = false;
  }

  /** Of all that was added; nothing can be added afterwards. */
  value(): number {
    return (Number.parseInt(this.#hasher.digest(), 16) ^ ALL_BITS) & 0xffff;
  }
}

function withInverted(bytes: Buffer, length: number): Buffer {
  const copy = Buffer.from(bytes);
  for (let at = 0; at < length; at += 1) copy.writeUInt8(copy.readUInt8(at) ^ 0xff, at);
  return copy;
}
