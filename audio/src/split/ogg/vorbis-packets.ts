/** The packets of a Vorbis stream of ours, each with the place where it ends (Vorbis I specification, §4.2.2 and §4.3). */
import { CannotJoin } from '../join.ts';
import type { OggHeader, OggPackets } from './ogg-packets.ts';

/** A packet of sound. */
export interface VorbisPacket {
  readonly bytes: Buffer;
  /** The sample of the result behind the last one that it completes. */
  readonly end: number;
}

/** Where both sizes of a block stand in the first header, as powers of two. */
const BLOCK_SIZES_AT = 28;

/**
 * Counts what each packet completes, which is half of its own block and half of the one before, and holds that against
 * every page. libvorbis has two modes: of short blocks and of long ones.
 */
export class VorbisPackets {
  readonly #packets: OggPackets;
  readonly #sizes: readonly [number, number];
  readonly #startSample: number;
  #lastSize: number | undefined;
  #end = 0;
  /** What a page says, which may end within its last packet; the next one would be at odds with that. */
  #granule: number | undefined;

  /** @param startSample of the result, with which the stream begins. */
  constructor({ header, packets }: { header: OggHeader; packets: OggPackets }, startSample: number) {
    const sizes = header.packets[0]?.readUInt8(BLOCK_SIZES_AT) ?? 0;
    this.#sizes = [2 ** (sizes & 15), 2 ** (sizes >> 4)];
    this.#packets = packets;
    this.#startSample = startSample;
  }

  /** Where FFmpeg says that the first packet begins, which is a short block and completes nothing. */
  get startGranule(): number {
    return -this.#sizes[0] / 2;
  }

  /** Where the sound ends, once the last packet was read: within that packet. */
  get endOfSound(): number {
    return this.#startSample + this.#packets.lastGranule;
  }

  /** @throws CannotJoin where a page ends elsewhere than its packets do. */
  async next(): Promise<VorbisPacket | undefined> {
    const bytes = await this.#packets.next();
    if (bytes === undefined) return undefined;
    if (this.#granule !== undefined && this.#granule !== this.#end)
      throw new CannotJoin('a page ends elsewhere');
    const [short, long] = this.#sizes;
    const [first = 1] = bytes;
    if ((first & 1) !== 0) throw new CannotJoin('a packet holds no sound');
    const size = (first & 2) === 0 ? short : long;
    if (this.#lastSize !== undefined) this.#end += (this.#lastSize + size) / 4;
    this.#lastSize = size;
    this.#granule = this.#packets.granule;
    return { bytes, end: this.#startSample + this.#end };
  }
}
