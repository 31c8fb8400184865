/**
 * The bit reservoir of layer III across seams. Main data lies before the frame that it belongs to, in what earlier frames
 * left free. A stream that takes over from another one may have counted on more room than that one has left: then its main
 * data is put as much later as it has to be, until it left room itself.
 */
import { CannotJoin } from '../join.ts';
import { type Mp3Frame, readMp3Frame, writeMainDataBegin } from './mp3-frame.ts';
import { freeBytes, type Mp3Meeting } from './seam.ts';

/** The figure in a frame has 9 bits. */
const MOST_MAIN_DATA_BEGIN = 511;

/** Frames go in and come out in order; what changes is where their main data lies. Places count bytes of slots. */
export class Reservoir {
  readonly #write: (frame: Buffer) => Promise<void>;
  #meeting: Mp3Meeting | undefined;
  /** Frames that come before the second stream of the meeting takes over. */
  #coming = 0;
  #held: HeldFrame[] = [];
  /** Main data of the stream at hand where that one has it; undefined while it lies there in the result as well. */
  #own: { bytes: Buffer; from: number } | undefined;
  /** Where the next slot begins, and where the main data ends that was placed last. */
  #place = 0;
  #end = 0;
  #late = 0;

  constructor(write: (frame: Buffer) => Promise<void>) {
    this.#write = write;
  }

  /** How many bytes later than in its own stream the main data of the last frame lies. */
  get late(): number {
    return this.#late;
  }

  /** The next frames are those of a meeting, from its beginning on. */
  prepare(meeting: Mp3Meeting): void {
    this.#meeting = meeting;
    this.#coming = meeting.at;
  }

  /** Whether frames are written as they come: none is held, and their main data stays where it is. */
  get isIdle(): boolean {
    return this.#meeting === undefined && this.#own === undefined;
  }

  /** @throws CannotJoin where main data does not fit. */
  async add(bytes: Buffer): Promise<void> {
    if (this.isIdle) return await this.#write(bytes);
    const frame = readMp3Frame(bytes);
    if (frame === undefined) throw new CannotJoin('a frame is of another kind');
    const held = { bytes: Buffer.from(bytes), sideEnd: frame.sideEnd, from: this.#place };
    this.#held.push(held);
    this.#place += bytes.length - frame.sideEnd;
    if (this.#own === undefined) this.#end = this.#place - freeBytes(frame);
    else this.#putLater(frame, held, this.#own);
    if (this.#meeting === undefined)
      return await this.#release(this.#own === undefined ? this.#place : this.#end);
    this.#coming -= 1;
    if (this.#coming === 0) this.#takeOver(this.#meeting);
  }

  /** Behind the last frame. */
  async end(): Promise<void> {
    await this.#release(this.#place);
  }

  /** Places count from here on. What lies before in the second stream is copied as far as there is room. */
  #takeOver({ after, at }: Mp3Meeting): void {
    for (const held of this.#held) held.from -= this.#place;
    this.#end -= this.#place;
    this.#place = 0;
    this.#meeting = undefined;
    const slots = Buffer.concat(after.slice(0, at).map(({ bytes, sideEnd }) => bytes.subarray(sideEnd)));
    this.#own = { bytes: slots, from: -slots.length };
    const from = Math.max(this.#end, -slots.length, this.#held[0]?.from ?? 0);
    this.#put(from, slots.subarray(slots.length + from));
  }

  #putLater({ mainDataBegin, mainDataBytes, sideEnd, bytes }: Mp3Frame, held: HeldFrame, own: OwnData): void {
    own.bytes = Buffer.concat([own.bytes, bytes.subarray(sideEnd)]);
    const wanted = held.from - mainDataBegin;
    const start = Math.max(wanted, this.#end);
    this.#late = start - wanted;
    this.#end = start + mainDataBytes;
    if (this.#late === 0) {
      // From here on all of it lies where its own stream has it.
      this.#own = undefined;
      return;
    }
    if (start > held.from || this.#end > this.#place) throw new CannotJoin('the bit reservoir is too small');
    this.#put(start, own.bytes.subarray(wanted - own.from, wanted - own.from + mainDataBytes));
    writeMainDataBegin(held.bytes, held.from - start);
    const unneeded = held.from - MOST_MAIN_DATA_BEGIN - own.from;
    if (unneeded > 0) {
      own.bytes = own.bytes.subarray(unneeded);
      own.from += unneeded;
    }
  }

  /** Writes over the slots that are held. */
  #put(start: number, data: Buffer): void {
    for (const { bytes, sideEnd, from } of this.#held) {
      const slot = bytes.subarray(sideEnd);
      const first = Math.max(start, from);
      const end = Math.min(start + data.length, from + slot.length);
      if (first < end) data.copy(slot, first - from, first - start, end - start);
    }
  }

  /** Writes the frames whose slots end before a place. */
  async #release(place: number): Promise<void> {
    for (let held = this.#held[0]; held !== undefined; held = this.#held[0]) {
      if (held.from + held.bytes.length - held.sideEnd > place) return;
      this.#held.shift();
      await this.#write(held.bytes);
    }
  }
}

type OwnData = { bytes: Buffer; from: number };

/** A frame that may still be written over. */
interface HeldFrame {
  readonly bytes: Buffer;
  readonly sideEnd: number;
  /** Where its slot begins. */
  from: number;
}
