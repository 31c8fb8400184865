/**
 * Whether all of a result is there. Headers are written last or tell what was to come: of a file that has lost its end they
 * say what they said before, and so does ffprobe.
 */
import type { FileHandle } from 'node:fs/promises';
import type { FormatName } from '@wavefleet/contracts/formats.ts';
import { encoderOf } from '../encoders.ts';
import { frameBytes } from '../probing/frames.ts';
import { MOST_PAGE_BYTES, readPage } from '../probing/ogg-page.ts';
import { readAt } from '../probing/read-at.ts';
import { readXing } from '../split/mp3/xing.ts';
import { id3End } from '../tags/values/id3.ts';
import { boxesBetween } from '../tags/values/mp4.ts';
import type { ReadBytes } from '../tags/values/tag-pair.ts';
import { ac3FrameBytes, eac3FrameBytes } from './ac3-frames.ts';
import { endsWithFrame, MOST_FRAME_BYTES } from './flac.ts';

/** Where a file ends by what stands in it; undefined where it does not say. */
type EndBy = (read: ReadBytes, sizeBytes: number) => Promise<number | undefined>;

/** Whether these last bytes of a file end with something whole. */
interface Tail {
  /** At least so many are needed. */
  readonly bytes: number;
  readonly isWhole: (tail: Buffer) => boolean;
}

/** No frame of AAC, AC-3 or E-AC-3 is longer: 13 bits in ADTS say how long it is. */
const MOST_CODED_BYTES = 8_192;

const ofFrames = (lengthOf: (header: Buffer) => number | undefined): Tail => ({
  bytes: MOST_CODED_BYTES,
  isWhole: (tail) => anyPlaceIn(tail, (at) => lengthOf(tail.subarray(at)) === tail.length - at),
});

/** The last page says so of itself (RFC 3533 §6). */
const oggTail: Tail = {
  bytes: MOST_PAGE_BYTES,
  isWhole: (tail) =>
    anyPlaceIn(tail, (at) => {
      const page = readPage(tail.subarray(at));
      return page?.ends === true && page.bytes.length === tail.length - at;
    }),
};

/** By the name of the muxer: one way for each. */
const ends: Readonly<Record<string, EndBy | Tail>> = {
  mp3: mp3End,
  ipod: mp4End,
  wav: riffEnd,
  aiff: async (read) => 8 + (await read(4, 4)).readUInt32BE(0),
  caf: cafEnd,
  webm: webmEnd,
  flac: { bytes: MOST_FRAME_BYTES, isWhole: (tail) => endsWithFrame(tail, 0) },
  ogg: oggTail,
  opus: oggTail,
  adts: ofFrames((header) => frameBytes('adts', header)),
  ac3: ofFrames(ac3FrameBytes),
  eac3: ofFrames(eac3FrameBytes),
};

/** @param file a result of ours. */
export async function isWhole(file: FileHandle, format: FormatName): Promise<boolean> {
  const { size } = await file.stat();
  const way = ends[encoderOf(format).muxer];
  if (way === undefined) return true;
  if (typeof way === 'object') {
    const bytes = Math.min(way.bytes, size);
    return way.isWhole(await readAt(file, size - bytes, bytes));
  }
  try {
    const end = await way((at, length) => readAt(file, at, length), size);
    return end === undefined || end <= size;
  } catch (error) {
    // It ends within its own head.
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function anyPlaceIn(tail: Buffer, isIt: (at: number) => boolean): boolean {
  for (let at = tail.length - 1; at >= 0; at -= 1) if (isIt(at)) return true;
  return false;
}

/** The Xing header counts the bytes from its own frame on. */
async function mp3End(read: ReadBytes): Promise<number | undefined> {
  const from = (await id3End(read, 0)) ?? 0;
  const head = await read(from, MOST_MP3_FRAME_BYTES);
  const header = readXing(head.subarray(0, frameBytes('mp3', head)));
  return header && from + header.sizeBytes;
}
/** 320 kbit/s at 32 kHz. */
const MOST_MP3_FRAME_BYTES = 1_441;

/** Boxes stand up to the end; the first one that does not end within the file is the one that is cut off. */
async function mp4End(read: ReadBytes, sizeBytes: number): Promise<number> {
  const last = (await boxesBetween(read, 0, sizeBytes)).at(-1);
  return last?.to === sizeBytes ? sizeBytes : Number.POSITIVE_INFINITY;
}

/** From 4 GiB on the size stands in `ds64` (EBU Tech 3306). */
async function riffEnd(read: ReadBytes): Promise<number> {
  const head = await read(0, 28);
  const isLarge = head.toString('latin1', 0, 4) === 'RF64';
  return 8 + (isLarge ? Number(head.readBigUInt64LE(20)) : head.readUInt32LE(4));
}

/** Chunks of a name and 64 bits of size (Apple's Core Audio Format Specification 1.0). */
async function cafEnd(read: ReadBytes, sizeBytes: number): Promise<number> {
  let at = 8;
  while (at < sizeBytes) at += 12 + Number((await read(at + 4, 8)).readBigInt64BE(0));
  return at;
}

/** EBML (RFC 8794): a head, and one segment whose size the muxer fills in. */
async function webmEnd(read: ReadBytes): Promise<number | undefined> {
  const head = await elementAt(read, 0);
  const segment = await elementAt(read, head.bodyAt + head.sizeBytes);
  return segment.bodyAt + segment.sizeBytes;
}

async function elementAt(read: ReadBytes, at: number): Promise<{ bodyAt: number; sizeBytes: number }> {
  const bytes = await read(at, 16);
  const idBytes = Math.clz32(bytes.readUInt8(0)) - 23;
  const sizeLength = Math.clz32(bytes.readUInt8(idBytes)) - 23;
  let size = bytes.readUInt8(idBytes) & (0xff >> sizeLength);
  for (let byte = 1; byte < sizeLength; byte += 1) size = size * 256 + bytes.readUInt8(idBytes + byte);
  return { bodyAt: at + idBytes + sizeLength, sizeBytes: size };
}
