/** Pages of an Ogg file of ours (RFC 3533), read one after the other. */
import type { FileHandle } from 'node:fs/promises';
import { MOST_PAGE_BYTES, type OggPage, readPage } from '../../probing/ogg-page.ts';
import { BlockReader } from '../block-reader.ts';
import { CannotJoin } from '../join.ts';

/** The pages of one file of one stream, in their order. */
export class OggPages {
  readonly #reader: BlockReader;

  constructor(file: FileHandle) {
    this.#reader = new BlockReader(file);
  }

  /** The next page, whose bytes stay as they are; undefined behind the last one. @throws CannotJoin. */
  async next(): Promise<OggPage | undefined> {
    const ahead = await this.#reader.ahead(MOST_PAGE_BYTES);
    if (ahead.length === 0) return undefined;
    const page = readPage(ahead);
    if (page === undefined) throw new CannotJoin('there is no whole page where one should begin');
    this.#reader.take(page.bytes.length);
    return page;
  }
}
