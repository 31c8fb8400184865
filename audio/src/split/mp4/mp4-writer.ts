/**
 * Writes an MP4 with one track of sound and nothing else (ISO 14496-12), as the source of the FFmpeg run that puts tags,
 * cover and chapters beside it.
 */
import { ResultWriter } from '../result-writer.ts';

/** What a track is besides its packets. */
export interface Mp4TrackFacts {
  /** The whole `stsd` of a file with the same codec. */
  readonly description: Buffer;
  /** Hz; times are counted in it. */
  readonly sampleRate: number;
  /** Samples of each packet but the last. */
  readonly packetSamples: number;
  /** Samples at the start that players leave out. */
  readonly priming: number;
}

const FTYP = box('ftyp', Buffer.from('M4A \0\0\x02\0M4A isom', 'latin1'));
/** The size of the data behind a size of 1: 64 bits, written last. */
const DATA_HEADER_BYTES = 16;
const SIZES_A_BLOCK = 16_384;

export class Mp4Writer {
  readonly #out: ResultWriter;
  #blocks: Buffer[] = [];
  #inBlock = SIZES_A_BLOCK;
  #packets = 0;
  #bytes = 0;

  private constructor(out: ResultWriter) {
    this.#out = out;
  }

  /** Whoever creates it must call `abandon` in the end. */
  static async create(path: string): Promise<Mp4Writer> {
    const out = await ResultWriter.create(path);
    const writer = new Mp4Writer(out);
    await out.write(FTYP);
    await out.write(dataHeader(0));
    return writer;
  }

  get packets(): number {
    return this.#packets;
  }

  async add(packet: Buffer): Promise<void> {
    if (this.#inBlock === SIZES_A_BLOCK) {
      this.#blocks.push(Buffer.alloc(4 * SIZES_A_BLOCK));
      this.#inBlock = 0;
    }
    this.#blocks.at(-1)?.writeUInt32BE(packet.length, 4 * this.#inBlock);
    this.#inBlock += 1;
    this.#packets += 1;
    this.#bytes += packet.length;
    await this.#out.write(packet);
  }

  /** @param lastSamples of the last packet that are sound. */
  async close(facts: Mp4TrackFacts, lastSamples: number): Promise<void> {
    await this.#out.write(this.#moov(facts, lastSamples));
    await this.#out.writeAt(FTYP.length, dataHeader(this.#bytes));
    await this.#out.close();
  }

  async abandon(): Promise<void> {
    await this.#out.abandon();
  }

  #moov({ description, sampleRate, packetSamples, priming }: Mp4TrackFacts, lastSamples: number): Buffer {
    const length = (this.#packets - 1) * packetSamples + lastSamples;
    const sizes = Buffer.concat(this.#blocks).subarray(0, 4 * this.#packets);
    const stbl = box(
      'stbl',
      description,
      full('stts', 0, words(2, this.#packets - 1, packetSamples, 1, lastSamples)),
      full('stsc', 0, words(1, 1, this.#packets, 1)),
      full('stsz', 0, words(0, this.#packets), sizes),
      full('stco', 0, words(1, FTYP.length + DATA_HEADER_BYTES)),
    );
    const minf = box(
      'minf',
      full('smhd', 0, words(0)),
      box('dinf', full('dref', 0, words(1), full('url ', 1))),
      stbl,
    );
    const handler = Buffer.from('\0\0\0\0soun\0\0\0\0\0\0\0\0\0\0\0\0\0', 'latin1');
    const mdia = box(
      'mdia',
      full('mdhd', 0x1000000, longs(0, 0), words(sampleRate), longs(length), words(0x55c40000)),
      full('hdlr', 0, handler),
      minf,
    );
    const played = longs(length - priming, priming);
    const edits = box('edts', full('elst', 0x1000000, words(1), played, words(0x10000)));
    const track = full('tkhd', 0x1000003, longs(0, 0), words(1, 0), longs(length - priming), TKHD_REST);
    const movie = full('mvhd', 0x1000000, longs(0, 0), words(sampleRate), longs(length - priming), MVHD_REST);
    return box('moov', movie, box('trak', track, edits, mdia));
  }
}

const IDENTITY = words(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);
/** Two reserved words, layer and group, full volume, the matrix, and no width or height. */
const TKHD_REST = Buffer.concat([words(0, 0, 0, 0x01000000), IDENTITY, words(0, 0)]);
/** Usual speed and volume, ten reserved bytes, the matrix, six words, and the next track's number. */
const MVHD_REST = Buffer.concat([words(0x10000, 0x01000000, 0, 0), IDENTITY, words(0, 0, 0, 0, 0, 0, 2)]);

function box(kind: string, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + body.length, 0);
  head.write(kind, 4, 'latin1');
  return Buffer.concat([head, body]);
}

/** @param versionAndFlags in one word. */
function full(kind: string, versionAndFlags: number, ...content: Buffer[]): Buffer {
  return box(kind, words(versionAndFlags), ...content);
}

function words(...figures: number[]): Buffer {
  const buffer = Buffer.alloc(4 * figures.length);
  for (const [index, figure] of figures.entries()) buffer.writeUInt32BE(figure, 4 * index);
  return buffer;
}

function longs(...figures: number[]): Buffer {
  const buffer = Buffer.alloc(8 * figures.length);
  for (const [index, figure] of figures.entries()) buffer.writeBigUInt64BE(BigInt(figure), 8 * index);
  return buffer;
}

function dataHeader(bytes: number): Buffer {
  return Buffer.concat([words(1), Buffer.from('mdat', 'latin1'), longs(DATA_HEADER_BYTES + bytes)]);
}
