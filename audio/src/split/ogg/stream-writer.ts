/** Writes the pages of a joined stream behind the header of its first segment. */
import { CannotJoin } from '../join.ts';
import type { ResultWriter } from '../result-writer.ts';
import type { OggHeader } from './ogg-packets.ts';
import { PageWriter } from './page-writer.ts';

/** How granules are counted. */
interface Granules {
  /** Where the first packet begins. */
  readonly start: number;
  /** Of a second, after which a page is closed. */
  readonly second: number;
}

export class StreamWriter {
  readonly #pages: PageWriter;
  /** The last packet ends where the sound does, so each waits for the next. */
  #held: { readonly packet: Buffer; readonly endGranule: number } | undefined;

  private constructor(pages: PageWriter) {
    this.#pages = pages;
  }

  /** Writes the header as it is. */
  static async begin(
    out: ResultWriter,
    { pages, serial }: OggHeader,
    { start, second }: Granules,
  ): Promise<StreamWriter> {
    for (const { bytes } of pages) await out.write(bytes);
    const write = (page: Buffer) => out.write(page);
    const order = { write, serial, number: pages.length, startGranule: start, pageGranules: second };
    return new StreamWriter(new PageWriter(order));
  }

  /** @param endGranule where it ends, unless it is the last one. */
  async add(packet: Buffer, endGranule: number): Promise<void> {
    await this.#letGo();
    this.#held = { packet, endGranule };
  }

  /** A whole page that ends with a packet and begins with one, neither of which is the last one. */
  async copy(page: Buffer, endGranule: number): Promise<void> {
    await this.#letGo();
    await this.#pages.copy(page, endGranule);
  }

  /** @param endGranule where the sound ends. @throws CannotJoin where that is not within the last packet. */
  async end(endGranule: number): Promise<void> {
    if (this.#held === undefined || endGranule > this.#held.endGranule)
      throw new CannotJoin('packets are missing');
    await this.#pages.add(this.#held.packet, endGranule);
    await this.#pages.end();
  }

  async #letGo(): Promise<void> {
    if (this.#held !== undefined) await this.#pages.add(this.#held.packet, this.#held.endGranule);
    this.#held = undefined;
  }
}
