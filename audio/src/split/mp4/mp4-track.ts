/** The one track of an MP4 of ours (ISO 14496-12), read packet by packet. */
import type { FileHandle } from 'node:fs/promises';
import { readAt } from '../../probing/read-at.ts';
import { type Box, boxesBetween } from '../../tags/values/mp4.ts';
import { BlockReader } from '../block-reader.ts';
import { CannotJoin } from '../join.ts';
import type { PacketSource } from '../packet-source.ts';

/** Of a table: a packet takes 4 bytes, and no result of ours lasts longer than a day. */
const MOST_TABLE_BYTES = 64 * 1024 * 1024;
/** A full box begins with its version and flags. */
const VERSION_BYTES = 4;

/** The packets of a file with one track of sound, in their order. */
export class Mp4Track implements PacketSource {
  readonly #reader: BlockReader;
  readonly #sizes: Buffer;
  #index = 0;
  /** What describes the codec: the whole `stsd`. */
  readonly description: Buffer;
  /** Samples of the last packet that are sound; of all packets before it, that is its codec's own number. */
  readonly lastSamples: number;
  /** Samples at the start that players leave out. */
  readonly priming: number;

  private constructor(
    file: FileHandle,
    read: { sizes: Buffer; position: number; description: Buffer; lastSamples: number; priming: number },
  ) {
    this.#reader = new BlockReader(file, read.position);
    this.#sizes = read.sizes;
    this.description = read.description;
    this.lastSamples = read.lastSamples;
    this.priming = read.priming;
  }

  /** @throws CannotJoin where a file is not as FFmpeg writes it. */
  static async open(file: FileHandle): Promise<Mp4Track> {
    const { size } = await file.stat();
    const read = (at: number, length: number): Promise<Buffer> => readAt(file, at, length);
    const inside = async (
      box: { from: number; to: number },
      ...kinds: string[]
    ): Promise<Box | undefined> => {
      let found: { from: number; to: number } | undefined = box;
      let last: Box | undefined;
      for (const kind of kinds) {
        last = found && (await boxesBetween(read, found.from, found.to)).find((one) => one.kind === kind);
        found = last;
      }
      return last;
    };
    const table = async (box: Box | undefined): Promise<Buffer> => {
      if (box === undefined || box.to - box.from > MOST_TABLE_BYTES)
        throw new CannotJoin('a table is missing');
      return await read(box.from + VERSION_BYTES, box.to - box.from - VERSION_BYTES);
    };

    const whole = { from: 0, to: size };
    const [data, trak] = [await inside(whole, 'mdat'), await inside(whole, 'moov', 'trak')];
    const stbl = trak && (await inside(trak, 'mdia', 'minf', 'stbl'));
    if (data === undefined || trak === undefined || stbl === undefined)
      throw new CannotJoin('a box is missing');
    const stsd = await inside(stbl, 'stsd');
    const stsz = await table(await inside(stbl, 'stsz'));
    const stts = await table(await inside(stbl, 'stts'));
    const elst = await inside(trak, 'edts', 'elst');
    if (stsd === undefined) throw new CannotJoin('a box is missing');

    const [common, count] = [stsz.readUInt32BE(0), stsz.readUInt32BE(4)];
    const sizes = common === 0 ? stsz.subarray(8) : sameSizes(common, count);
    if (count === 0 || sizes.length !== 4 * count) throw new CannotJoin('a table is cut off');
    let total = 0;
    for (let at = 0; at < sizes.length; at += 4) total += sizes.readUInt32BE(at);
    // Then they lie behind each other, and nothing lies between them.
    if (total !== data.to - data.from) throw new CannotJoin('a file has more than its packets');
    const runs = stts.readUInt32BE(0);
    return new Mp4Track(file, {
      sizes,
      position: data.from,
      description: await read(stsd.from - 8, stsd.to - stsd.from + 8),
      lastSamples: stts.readUInt32BE(runs * 8),
      priming: elst === undefined ? 0 : primingIn(await read(elst.from, elst.to - elst.from)),
    });
  }

  get packets(): number {
    return this.#sizes.length / 4;
  }

  /** The next packet, whose bytes stay as they are; undefined behind the last one. */
  async next(): Promise<Buffer | undefined> {
    if (this.#index * 4 === this.#sizes.length) return undefined;
    const size = this.#sizes.readUInt32BE(this.#index * 4);
    this.#index += 1;
    if ((await this.#reader.ahead(size)).length < size) throw new CannotJoin('a file is cut off');
    return this.#reader.take(size);
  }
}

/** Places of `stsd` with bitrates, which are those of one file: how far behind the name of a box, and how many bytes. */
const BITRATES = [
  // Of ISO 14496-1's decoder configuration: the buffer, the highest bitrate and the mean one.
  ['esds', 23, 11],
  ['btrt', 4, 12],
] as const;

/** Whether two files hold the same codec with the same settings, whatever their bitrates are. */
export function isSameCodec(mine: Buffer, other: Buffer): boolean {
  const [a, b] = [mine, other].map((description) => {
    const plain = Buffer.from(description);
    for (const [box, behind, length] of BITRATES) {
      const at = plain.indexOf(box, 0, 'latin1');
      if (at >= 0) plain.fill(0, at + behind, at + behind + length);
    }
    return plain;
  });
  return a !== undefined && b !== undefined && a.equals(b);
}

function sameSizes(size: number, count: number): Buffer {
  const sizes = Buffer.alloc(4 * count);
  for (let at = 0; at < sizes.length; at += 4) sizes.writeUInt32BE(size, at);
  return sizes;
}

/** Where the first edit that shows anything begins in the track. */
function primingIn(elst: Buffer): number {
  const isLong = elst[0] === 1;
  const count = elst.readUInt32BE(VERSION_BYTES);
  for (let edit = 0; edit < count; edit += 1) {
    const at = VERSION_BYTES + 4 + edit * (isLong ? 20 : 12);
    const start = isLong ? Number(elst.readBigInt64BE(at + 8)) : elst.readInt32BE(at + 4);
    if (start >= 0) return start;
  }
  return 0;
}
