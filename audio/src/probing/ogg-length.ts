/**
 * How long an Ogg file of one stream is. FFmpeg takes the time of its last page for that, of which Opus takes off what its
 * encoder has put before the sound (RFC 7845 §4.5), and which begins at 0 only where the file is no part of a broadcast.
 */
import type { FileHandle } from 'node:fs/promises';
import { lastOggPage } from './ogg-chain.ts';
import { MOST_PAGE_BYTES, type OggPage, readPage } from './ogg-page.ts';
import { OPUS_RATE, opusSamples } from './opus-packet.ts';
import { readAt } from './read-at.ts';

/** What has to be known of a stream to tell its length; all of it in samples. */
interface OggCodec {
  /** What the times of pages count, in Hz. */
  readonly rate: number;
  /** Before the sound. */
  readonly skipped: number;
  /** Of a packet; undefined where it does not say so. */
  readonly samplesIn: (packet: Buffer) => number | undefined;
}

/** Before the sound stand comments, and pictures in them: 64 MB at most. */
const MOST_HEADER_PAGES = 1_000;

/**
 * Seconds of an Opus or a FLAC stream. Undefined for others, where FFmpeg is right (Vorbis), and where another stream stands
 * beside or behind it.
 */
export async function oggSeconds(file: FileHandle, sizeBytes: number): Promise<number | undefined> {
  const head = await pageAt(file, 0);
  const codec = head && codecOf(head.packets[0] ?? Buffer.alloc(0));
  if (head === undefined || codec === undefined) return undefined;
  const last = await lastOggPage(file, sizeBytes);
  const first = await firstOfSound(file, head);
  if (first === undefined || last?.serial !== head.serial) return undefined;
  const samples = samplesOf(first, codec);
  if (samples === undefined) return undefined;
  const begins = Math.max(0, first.granule - samples);
  return (last.granule - begins - codec.skipped) / codec.rate;
}

const pageAt = async (file: FileHandle, at: number): Promise<OggPage | undefined> =>
  readPage(await readAt(file, at, MOST_PAGE_BYTES));

/** Headers are at 0. Undefined where a packet of it has begun on a page before. */
async function firstOfSound(file: FileHandle, head: OggPage): Promise<OggPage | undefined> {
  let at = head.bytes.length;
  for (let count = 0; count < MOST_HEADER_PAGES; count += 1) {
    const page = await pageAt(file, at);
    if (page === undefined || page.serial !== head.serial) return undefined;
    if (page.granule > 0) return page.continues ? undefined : page;
    at += page.bytes.length;
  }
  return undefined;
}

/** Of the packets that end on a page, which is what its time counts. */
function samplesOf({ packets, lastIsWhole }: OggPage, { samplesIn }: OggCodec): number | undefined {
  let sum = 0;
  for (const packet of lastIsWhole ? packets : packets.slice(0, -1)) {
    const samples = samplesIn(packet);
    if (samples === undefined) return undefined;
    sum += samples;
  }
  return sum;
}

/** By the first packet of the stream. */
function codecOf(head: Buffer): OggCodec | undefined {
  if (head.length >= 19 && head.toString('latin1', 0, 8) === 'OpusHead') {
    return { rate: OPUS_RATE, skipped: head.readUInt16LE(10), samplesIn: opusSamples };
  }
  // FLAC's mapping (RFC 9639 §10.1): 9 bytes of its own, `fLaC`, the head of a block and STREAMINFO with the rate.
  if (head.length >= 51 && head.toString('latin1', 0, 5) === '\x7fFLAC') {
    return { rate: head.readUIntBE(27, 3) >> 4, skipped: 0, samplesIn: flacSamples };
  }
  return undefined;
}

/** A packet is a frame, whose header says how many samples it has (RFC 9639 §9.1.1, behind a number that §9.1.5 codes). */
function flacSamples(frame: Buffer): number | undefined {
  if (frame.length < 16 || (frame.readUInt16BE(0) & 0xfffe) !== 0xfff8) return undefined;
  const code = frame.readUInt8(2) >> 4;
  if (code === 0) return undefined;
  if (code === 1) return 192;
  if (code > 7) return 256 << (code - 8);
  if (code < 6) return 576 << (code - 2);
  const ones = Math.clz32(~(frame.readUInt8(4) << 24));
  const at = 4 + Math.max(1, ones);
  return code === 6 ? frame.readUInt8(at) + 1 : frame.readUInt16BE(at) + 1;
}
