/** The comment packet of an Ogg file (RFC 3533): the second one of its stream, laid over one page or many. */
import { MAX_ITEMS, type ReadBytes } from './tag-pair.ts';

/** A packet with a picture in it may be large; a larger one is not looked at. */
const MAX_PACKET_BYTES = 24 * 1024 * 1024;
const HEADER_BYTES = 27;

/** What the first packet of a stream begins with, and what its comment packet does. */
const codecs = [
  { first: Buffer.from('\x01vorbis', 'latin1'), comments: Buffer.from('\x03vorbis', 'latin1') },
  { first: Buffer.from('OpusHead', 'latin1'), comments: Buffer.from('OpusTags', 'latin1') },
  { first: Buffer.from('Speex   ', 'latin1'), comments: Buffer.alloc(0) },
  // FLAC in Ogg: each packet is a metadata block with its own header of 4 bytes.
  { first: Buffer.from('\x7fFLAC', 'latin1'), comments: Buffer.alloc(4) },
] as const;

/** A page, or the part of the comment packet that is in it. */
interface PagePart {
  readonly pageAt: number;
  readonly pageBytes: number;
  /** Where the part lies in the file. */
  readonly at: number;
  readonly length: number;
}

/** The comment packet of the file's first stream of sound. */
export interface CommentPacket {
  readonly parts: readonly PagePart[];
  /** The comment block, without what the codec puts before it. */
  readonly block: Buffer;
  /** Bytes of the packet before `block`. */
  readonly prefixBytes: number;
}

/** Undefined where there is none that can be read. */
export async function oggCommentPacket(read: ReadBytes): Promise<CommentPacket | undefined> {
  let at = 0;
  let serial: number | undefined;
  let codec: (typeof codecs)[number] | undefined;
  const parts: PagePart[] = [];
  let bytes = 0;
  for (let pages = 0; pages < MAX_ITEMS && bytes <= MAX_PACKET_BYTES; pages += 1) {
    const page = await pageAt(read, at);
    if (page === undefined) return undefined;
    if (page.isFirst && codec === undefined) {
      const begin = await read(page.bodyAt, 8);
      codec = codecs.find(({ first }) => begin.subarray(0, first.length).equals(first));
      serial = page.serial;
    } else if (page.serial === serial && codec !== undefined) {
      const end = page.lacing.findIndex((length) => length < 255);
      const length = sum(end < 0 ? page.lacing : page.lacing.subarray(0, end + 1));
      parts.push({ pageAt: at, pageBytes: page.bytes, at: page.bodyAt, length });
      bytes += length;
      if (end >= 0) return await assembled(read, parts, codec.comments);
    }
    at += page.bytes;
  }
  return undefined;
}

async function assembled(
  read: ReadBytes,
  parts: readonly PagePart[],
  prefix: Buffer,
): Promise<CommentPacket | undefined> {
  const chunks: Buffer[] = [];
  for (const part of parts) chunks.push(await read(part.at, part.length));
  const packet = Buffer.concat(chunks);
  const begins = packet.subarray(0, prefix.length);
  const isBlockHeader = prefix.length === 4 && (packet[0] ?? 0) % 128 === 4;
  if (!begins.equals(prefix) && !isBlockHeader) return undefined;
  return { parts, block: packet.subarray(prefix.length), prefixBytes: prefix.length };
}

async function pageAt(read: ReadBytes, at: number) {
  const header = await read(at, HEADER_BYTES + 255);
  if (header.length < HEADER_BYTES || header.toString('latin1', 0, 4) !== 'OggS') return undefined;
  const lacing = header.subarray(HEADER_BYTES, HEADER_BYTES + header.readUInt8(26));
  return {
    isFirst: (header.readUInt8(5) & 2) !== 0,
    serial: header.readUInt32LE(14),
    lacing,
    bodyAt: at + HEADER_BYTES + lacing.length,
    bytes: HEADER_BYTES + lacing.length + sum(lacing),
  };
}

function sum(lengths: Uint8Array): number {
  return lengths.reduce((total, length) => total + length, 0);
}
