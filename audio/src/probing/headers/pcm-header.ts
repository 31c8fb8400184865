/** What the header of a file with plain samples says of them, whatever family it is of. */
import type { FileHandle } from 'node:fs/promises';
import type { ChunkStyle } from './chunks.ts';

/** Bytes to be written over others. */
export interface Patch {
  readonly at: number;
  readonly bytes: Buffer;
}

/** A header that was read. */
export interface PcmHeader {
  readonly style: ChunkStyle;
  /** Where the sound begins. */
  readonly dataAt: number;
  /** Bytes of sound that the header declares; undefined when its writer did not know. */
  readonly declaredBytes: number | undefined;
  /** Undefined for codecs whose bytes do not tell a time. */
  readonly bytesPerSecond: number | undefined;
  /** Bits of each sample that mean something, when those are fewer than it takes room for. */
  readonly validBits: number | undefined;
  /** What makes the header say that samples are as wide as the room that they take; none when it does. */
  readonly depthPatches: readonly Patch[];
  /** What makes the header declare that many bytes of sound; none where it has no room for such a number. */
  readonly sizePatches: (dataBytes: number) => readonly Patch[];
}

/** Reads one family's header. Undefined for another family, and for what is no sound header at all. */
export type HeaderReader = (
  file: FileHandle,
  start: Buffer,
  fileBytes: number,
) => Promise<PcmHeader | undefined>;

/** Whole bytes that a sample takes; undefined when that is no whole number, or none at all. */
export function containerBits(blockBytes: number, channels: number): number | undefined {
  const bits = (blockBytes / channels) * 8;
  return Number.isInteger(bits / 8) && bits >= 8 && bits <= 64 ? bits : undefined;
}
