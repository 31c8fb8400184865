/** The packets of an Ogg file of ours that holds one stream. */
import type { FileHandle } from 'node:fs/promises';
import type { OggPage } from '../../probing/ogg-page.ts';
import { CannotJoin } from '../join.ts';
import type { PacketSource } from '../packet-source.ts';
import { OggPages } from './ogg-pages.ts';

/** What stands before the sound. */
export interface OggHeader {
  readonly pages: readonly OggPage[];
  readonly packets: readonly Buffer[];
  readonly serial: number;
}

/**
 * Reads the pages of the header, which share none with the sound.
 * @param headers how many packets the header has.
 * @throws CannotJoin
 */
export async function openOgg(
  file: FileHandle,
  headers: number,
): Promise<{ header: OggHeader; packets: OggPackets }> {
  const pages = new OggPages(file);
  const read: OggPage[] = [];
  const packets: Buffer[] = [];
  let begun: Buffer[] = [];
  while (packets.length < headers) {
    const page = await pages.next();
    if (page === undefined) throw new CannotJoin('a file has no header');
    read.push(page);
    for (const [index, piece] of page.packets.entries()) {
      begun.push(piece);
      if (index === page.packets.length - 1 && !page.lastIsWhole) break;
      packets.push(Buffer.concat(begun));
      begun = [];
    }
  }
  const [first] = read;
  if (first === undefined || packets.length !== headers || begun.length > 0) {
    throw new CannotJoin('a header shares its page');
  }
  return { header: { pages: read, packets, serial: first.serial }, packets: new OggPackets(pages) };
}

/** The packets of sound, in their order. */
export class OggPackets implements PacketSource<OggPage> {
  readonly #pages: OggPages;
  /** Of the page at hand, the last one first. */
  #waiting: Buffer[] = [];
  #begun: Buffer[] = [];
  #granule = 0;

  constructor(pages: OggPages) {
    this.#pages = pages;
  }

  /** Where the page ends that was read last: behind the last packet, where the sound ends. */
  get lastGranule(): number {
    return this.#granule;
  }

  async next(): Promise<Buffer | undefined> {
    while (this.#waiting.length === 0) {
      const page = await this.#pages.next();
      if (page === undefined) return undefined;
      this.#unpack(page);
    }
    return this.#waiting.pop();
  }

  /** A page of whole packets. The last one is none: what it says of the end may have to be said by another one. */
  async nextBlock(most: number): Promise<OggPage | undefined> {
    if (this.#waiting.length > 0 || this.#begun.length > 0) return undefined;
    const page = await this.#pages.next();
    if (page === undefined) return undefined;
    const isWhole = !page.continues && page.lastIsWhole && !page.ends;
    if (isWhole && page.packets.length > 0 && page.packets.length <= most) return page;
    this.#unpack(page);
    return undefined;
  }

  #unpack(page: OggPage): void {
    this.#granule = page.granule;
    const whole = page.packets.length - (page.lastIsWhole ? 0 : 1);
    for (const [index, piece] of page.packets.entries()) {
      this.#begun.push(piece);
      if (index >= whole) break;
      this.#waiting.push(this.#begun.length === 1 ? piece : Buffer.concat(this.#begun));
      this.#begun = [];
    }
    this.#waiting.reverse();
  }
}
