/** The packets of Ogg Vorbis as libvorbis makes them, each with the place where its sound ends. */
import type { FileHandle } from 'node:fs/promises';
import type { OggPage } from '../../probing/ogg-page.ts';
import { CannotJoin } from '../join.ts';
import { type OggHeader, type OggPackets, openOgg } from './ogg-packets.ts';

/** What identifies the stream, its comments, and its codebooks. */
const HEADER_PACKETS = 3;
/** Of the identification header (Vorbis I, 4.2.2): both sizes, as powers of two. */
const BLOCK_SIZES_AT = 28;

/** A packet in its place. */
export interface VorbisPacket {
  readonly bytes: Buffer;
  /** Of the whole result. */
  readonly endSample: number;
  /** Whether it is one of those by which an attack is coded. */
  readonly isShort: boolean;
}

/** A page of whole packets in its place. */
interface VorbisPage {
  readonly bytes: Buffer;
  readonly endSample: number;
}

/**
 * Opens a file of one stream.
 * @param startSample where its sound begins in that of the whole result.
 * @throws CannotJoin
 */
export async function openVorbis(
  file: FileHandle,
  startSample: number,
): Promise<{ header: OggHeader; packets: VorbisPackets }> {
  const { header, packets } = await openOgg(file, HEADER_PACKETS);
  const [identification = Buffer.alloc(0)] = header.packets;
  if (identification.toString('latin1', 1, 7) !== 'vorbis') throw new CannotJoin('a segment is no Vorbis');
  const powers = identification.readUInt8(BLOCK_SIZES_AT);
  const sizes = { short: 1 << (powers & 15), long: 1 << (powers >> 4) };
  return { header, packets: new VorbisPackets(packets, sizes, startSample) };
}

/**
 * Reads them in their order. A packet tells whether its block is short or long; what it adds to the sound is half of it and
 * half of the one before that overlap, a quarter of both together, and nothing for the first one (Vorbis I, 1.3.2).
 */
export class VorbisPackets {
  readonly #packets: OggPackets;
  readonly #sizes: { readonly short: number; readonly long: number };
  readonly #startSample: number;
  #block: number | undefined;
  #endSample: number;
  /** Of a page that was not copied. */
  #waiting: Buffer[] = [];

  constructor(
    packets: OggPackets,
    sizes: { readonly short: number; readonly long: number },
    startSample: number,
  ) {
    this.#packets = packets;
    this.#sizes = sizes;
    this.#startSample = startSample;
    this.#endSample = startSample;
  }

  /** Where the page says that the sound ends which was read last. */
  get lastEndSample(): number {
    return this.#startSample + this.#packets.lastGranule;
  }

  /** The next one; undefined behind the last one. @throws CannotJoin. */
  async next(): Promise<VorbisPacket | undefined> {
    const bytes = this.#waiting.shift() ?? (await this.#packets.next());
    if (bytes === undefined) return undefined;
    this.#pass(bytes);
    return { bytes, endSample: this.#endSample, isShort: isShort(bytes) };
  }

  /** The packets up to that place, and those that overlap it. */
  async takeUntil(endSample: number): Promise<VorbisPacket[]> {
    const taken: VorbisPacket[] = [];
    while (this.#endSample < endSample) {
      const packet = await this.next();
      if (packet === undefined) break;
      taken.push(packet);
    }
    return taken;
  }

  /** The next page as it is, where it ends there at the latest; undefined for whatever has to be taken packet by packet. */
  async nextPage(untilSample: number): Promise<VorbisPage | undefined> {
    if (this.#waiting.length > 0) return undefined;
    const page = await this.#packets.nextBlock(Number.POSITIVE_INFINITY);
    if (page === undefined) return undefined;
    const [block, endSample] = [this.#block, this.#endSample];
    this.#passAll(page);
    if (this.#endSample <= untilSample) return { bytes: page.bytes, endSample: this.#endSample };
    [this.#block, this.#endSample] = [block, endSample];
    this.#waiting = [...page.packets];
    return undefined;
  }

  /** What is read of packets has to agree with what the page says: then modes are those that were taken for granted. */
  #passAll(page: OggPage): void {
    for (const packet of page.packets) this.#pass(packet);
    if (this.#endSample !== this.#startSample + page.granule)
      throw new CannotJoin('a page ends where its packets do not');
  }

  #pass(packet: Buffer): void {
    if (((packet[0] ?? 1) & 1) !== 0) throw new CannotJoin('a packet is no sound');
    const block = isShort(packet) ? this.#sizes.short : this.#sizes.long;
    if (this.#block !== undefined) this.#endSample += (this.#block + block) / 4;
    this.#block = block;
  }
}

/** Of libvorbis' two modes, the first one; behind the bit that says that the packet is sound. */
function isShort([first = 0]: Buffer): boolean {
  return (first & 2) === 0;
}
