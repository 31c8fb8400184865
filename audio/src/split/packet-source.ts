/** The packets of one segment, one after the other, whatever they lie in. */
import type { FileHandle } from 'node:fs/promises';
import { type FrameKind, frameBytes } from '../probing/frames.ts';
import { BlockReader } from './block-reader.ts';
import { CannotJoin } from './join.ts';

/** Whole packets that lie behind each other, and may be copied as they lie there. */
export interface PacketBlock {
  /** All of it. */
  readonly bytes: Buffer;
  readonly packets: readonly Buffer[];
}

/** Reads packets in their order. */
export interface PacketSource<Block extends PacketBlock = PacketBlock> {
  /** The next one, whose bytes stay as they are; undefined behind the last one. @throws CannotJoin. */
  next(): Promise<Buffer | undefined>;
  /**
   * The next ones, at most so many, where they make up a block; undefined where they do not, or behind the last one.
   * Default: there are no blocks. @throws CannotJoin.
   */
  nextBlock?(most: number): Promise<Block | undefined>;
}

/** More than a frame of MP3 (1,441 bytes) or ADTS (13 bits of length) can have. */
const MOST_FRAME_BYTES = 8192;

/** Frames of MP3 or ADTS that stand behind each other, with their headers. @param from where the first one begins. */
export function framesIn(file: FileHandle, kind: FrameKind, from = 0): PacketSource {
  const reader = new BlockReader(file, from);
  return {
    async next() {
      const ahead = await reader.ahead(MOST_FRAME_BYTES);
      if (ahead.length === 0) return undefined;
      const length = frameBytes(kind, ahead);
      if (length === undefined || length > ahead.length) throw new CannotJoin('there is no whole frame');
      return reader.take(length);
    },
    async nextBlock(most) {
      const ahead = await reader.ahead(MOST_FRAME_BYTES);
      const packets: Buffer[] = [];
      let end = 0;
      while (packets.length < most) {
        const rest = ahead.subarray(end);
        const length = frameBytes(kind, rest);
        if (length === undefined || length > rest.length) break;
        packets.push(rest.subarray(0, length));
        end += length;
      }
      return packets.length === 0 ? undefined : { bytes: reader.take(end), packets };
    },
  };
}

/** The next packets, at most so many. */
export async function takePackets(source: PacketSource, most: number): Promise<Buffer[]> {
  const packets: Buffer[] = [];
  while (packets.length < most) {
    const packet = await source.next();
    if (packet === undefined) break;
    packets.push(packet);
  }
  return packets;
}

/** One packet more. @throws CannotJoin where there is none. */
export async function takePacket(source: PacketSource | undefined): Promise<Buffer> {
  const packet = await source?.next();
  if (packet === undefined) throw new CannotJoin('a segment ends too early');
  return packet;
}
