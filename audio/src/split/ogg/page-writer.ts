/** Lays packets over pages as FFmpeg's muxer does (libavformat/oggenc.c), so that a file looks as if FFmpeg wrote it. */
import { setOggChecksum } from '../../tags/values/ogg-checksum.ts';
import { renumberPage } from './renumber-page.ts';

const HEADER_BYTES = 27;
const MOST_PIECES = 255;
const MOST_PAGE_BYTES = 255 * 255;
const CONTINUES = 1;
const ENDS = 4;

/** Where pages go, and how they are numbered. */
export interface PageWriterOptions {
  readonly write: (page: Buffer) => Promise<void>;
  readonly serial: number;
  /** Of the first page. */
  readonly number: number;
  /** Where the first packet begins, in the stream's granules. */
  readonly startGranule: number;
  /** A page is closed once it lasts so long: FFmpeg takes a second. */
  readonly pageGranules: number;
}

export class PageWriter {
  readonly #options: PageWriterOptions;
  #number: number;
  #pieces: number[] = [];
  #data: Buffer[] = [];
  #bytes = 0;
  #continues = false;
  #granule = -1;
  #startGranule: number;
  /** The last page is known as such only once all packets are there. Until then it may have no checksum. */
  #held: { readonly page: Buffer; readonly isSummed: boolean } | undefined;

  constructor(options: PageWriterOptions) {
    this.#options = options;
    this.#number = options.number;
    this.#startGranule = options.startGranule;
  }

  /** @param granule where the packet ends. */
  async add(packet: Buffer, granule: number): Promise<void> {
    // No packet goes on in another page if it need not.
    if (this.#bytes > 0 && MOST_PAGE_BYTES - this.#bytes < packet.length) await this.#close();
    const total = Math.floor(packet.length / 255) + 1;
    for (let done = 0, at = 0; done < total; ) {
      if (done > 0 && this.#pieces.length === 0) this.#continues = true;
      const pieces = Math.min(total - done, MOST_PIECES - this.#pieces.length);
      const length = Math.min(packet.length - at, pieces * 255);
      for (let piece = 1; piece < pieces; piece += 1) this.#pieces.push(255);
      this.#pieces.push(length - (pieces - 1) * 255);
      this.#data.push(packet.subarray(at, at + length));
      this.#bytes += length;
      at += length;
      done += pieces;
      if (done === total) this.#granule = granule;
      const lasts = this.#granule - this.#startGranule;
      if (this.#pieces.length === MOST_PIECES || lasts >= this.#options.pageGranules) await this.#close();
    }
  }

  /** A whole page of another stream, that ends with a packet and begins with one. @param granule where it ends. */
  async copy(page: Buffer, granule: number): Promise<void> {
    if (this.#pieces.length > 0) await this.#close();
    const { serial } = this.#options;
    await this.#hold(renumberPage(page, { granule, serial, number: this.#number }), granule, true);
  }

  /** Writes what is left; the last page says that it is the last one. */
  async end(): Promise<void> {
    if (this.#pieces.length > 0) await this.#close();
    if (this.#held === undefined) return;
    const { page } = this.#held;
    page.writeUInt8(page.readUInt8(5) | ENDS, 5);
    await this.#options.write(setOggChecksum(page));
  }

  async #close(): Promise<void> {
    const page = Buffer.allocUnsafe(HEADER_BYTES + this.#pieces.length + this.#bytes);
    page.write('OggS', 0, 'latin1');
    page.writeUInt8(0, 4);
    page.writeUInt8(this.#continues ? CONTINUES : 0, 5);
    page.writeBigInt64LE(BigInt(this.#granule), 6);
    page.writeUInt32LE(this.#options.serial, 14);
    page.writeUInt32LE(this.#number, 18);
    page.writeUInt8(this.#pieces.length, 26);
    Buffer.from(this.#pieces).copy(page, HEADER_BYTES);
    let at = HEADER_BYTES + this.#pieces.length;
    for (const piece of this.#data) at += piece.copy(page, at);

    const granule = this.#granule;
    this.#granule = -1;
    this.#pieces = [];
    this.#data = [];
    this.#bytes = 0;
    this.#continues = false;
    await this.#hold(page, granule, false);
  }

  /** In place of the one before, which is written. */
  async #hold(page: Buffer, granule: number, isSummed: boolean): Promise<void> {
    const { page: former, isSummed: isDone } = this.#held ?? {};
    this.#held = { page, isSummed };
    this.#number += 1;
    this.#startGranule = granule;
    if (former !== undefined) await this.#options.write(isDone ? former : setOggChecksum(former));
  }
}
