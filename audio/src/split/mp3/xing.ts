/**
 * The first frame of an MP3, which holds no sound but what players want to know of the file: the Xing header with its
 * table of places, and LAME's with the samples to leave out at both ends. Laid out as FFmpeg's muxer does it
 * (libavformat/mp3enc.c; gabriel.mp3-tech.org/mp3infotag.html).
 */
import { Checksum } from './checksum.ts';
import { readMp3Frame } from './mp3-frame.ts';

/** Bytes from the word `Xing` on. */
const FLAGS = 4;
const FRAMES = 8;
const SIZE = 12;
const TABLE = 16;
const TABLE_LENGTH = 100;
const TRIMS = 141;
const MUSIC_LENGTH = 148;
const MUSIC_CHECKSUM = 152;
const OWN_CHECKSUM = 154;
/** The frame's own checksum is that of its first bytes, so many whatever lies in them. */
const CHECKED_BYTES = 190;
/** Frames, size, table and a figure of quality: that is how FFmpeg writes it. */
const FLAGS_OF_FFMPEG = 15;

/** The header of one file. */
export interface XingHeader {
  /** The whole frame. */
  readonly frame: Buffer;
  /** Where `Xing` or `Info` stands in it. */
  readonly at: number;
  readonly frames: number;
  /** From this frame on. */
  readonly sizeBytes: number;
  /** Samples to leave out at the start and at the end, less what every decoder adds by itself. */
  readonly delay: number;
  readonly padding: number;
}

/** Undefined for a frame that is none of FFmpeg's headers. */
export function readXing(frame: Buffer): XingHeader | undefined {
  const at = readMp3Frame(frame)?.sideEnd;
  if (at === undefined || frame.length < at + OWN_CHECKSUM + 2) return undefined;
  if (!/^(Xing|Info)$/.test(frame.toString('latin1', at, at + 4))) return undefined;
  if (frame.readUInt32BE(at + FLAGS) !== FLAGS_OF_FFMPEG) return undefined;
  const trims = frame.readUIntBE(at + TRIMS, 3);
  const [frames, sizeBytes] = [frame.readUInt32BE(at + FRAMES), frame.readUInt32BE(at + SIZE)];
  return { frame, at, frames, sizeBytes, delay: trims >> 12, padding: trims & 0xfff };
}

/** The places of the table are picked from at most so many. */
const MOST_BAGS = 400;

/** Counts the frames of a file as they are written, for the header before them. */
export class XingCount {
  readonly #header: XingHeader;
  #frames = 0;
  #bytes: number;
  #bags: number[] = [];
  #perBag = 1;
  #inBag = 0;
  #bitrate: number | undefined;
  #isVariable = false;
  readonly #checksum: Checksum;

  private constructor(header: XingHeader, checksum: Checksum) {
    this.#header = header;
    this.#checksum = checksum;
    this.#bytes = header.frame.length;
  }

  /** @param header of the file whose first frames are written. */
  static async create(header: XingHeader): Promise<XingCount> {
    return new XingCount(header, await Checksum.create());
  }

  get frames(): number {
    return this.#frames;
  }

  /** Frames of sound, in the order of the file. @param bytes all of them, one behind the other. */
  add(bytes: Buffer, frames: readonly Buffer[] = [bytes]): void {
    this.#checksum.add(bytes);
    for (const frame of frames) this.#count(frame);
  }

  #count(frame: Buffer): void {
    const bitrate = (frame[2] ?? 0) >> 4;
    this.#bitrate ??= bitrate;
    this.#isVariable ||= bitrate !== this.#bitrate;
    this.#frames += 1;
    this.#bytes += frame.length;
    this.#inBag += 1;
    if (this.#inBag < this.#perBag) return;
    this.#inBag = 0;
    this.#bags.push(this.#bytes);
    if (this.#bags.length < MOST_BAGS) return;
    this.#bags = this.#bags.filter((_, index) => index % 2 === 1);
    this.#perBag *= 2;
  }

  /** The frame to write before those that were added. @param padding samples to leave out at the end. */
  async header(padding: number): Promise<Buffer> {
    const { frame, at, delay } = this.#header;
    const written = Buffer.from(frame);
    written.write(this.#isVariable ? 'Xing' : 'Info', at, 'latin1');
    written.writeUInt32BE(this.#frames, at + FRAMES);
    written.writeUInt32BE(this.#bytes, at + SIZE);
    for (let entry = 0; entry < TABLE_LENGTH; entry += 1) {
      const bag = this.#bags[Math.floor((entry * this.#bags.length) / TABLE_LENGTH)] ?? 0;
      const place = entry === 0 ? 0 : Math.min(255, Math.floor((256 * bag) / this.#bytes));
      written.writeUInt8(place, at + TABLE + entry);
    }
    written.writeUInt32BE(this.#bytes, at + MUSIC_LENGTH);
    written.writeUInt16BE(this.#checksum.value(), at + MUSIC_CHECKSUM);
    return await withPadding({ frame: written, at, delay }, padding);
  }
}

/** The most that its 12 bits can say. */
export const MOST_PADDING = 0xfff;

/** The same header, with its own checksum anew. @param padding samples to leave out at the end, up to {@link MOST_PADDING}. */
export async function withPadding(
  { frame, at, delay }: Pick<XingHeader, 'frame' | 'at' | 'delay'>,
  padding: number,
): Promise<Buffer> {
  const written = Buffer.from(frame);
  written.writeUIntBE(delay * 4096 + padding, at + TRIMS, 3);
  written.writeUInt16BE(0, at + OWN_CHECKSUM);
  const own = await Checksum.create();
  own.add(written.subarray(0, CHECKED_BYTES));
  written.writeUInt16BE(own.value(), at + OWN_CHECKSUM);
  return written;
}
