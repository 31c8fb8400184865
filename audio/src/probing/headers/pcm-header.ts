/** What the header of a file with plain samples says of them, whatever family it is of. */
import type { FileHandle } from 'node:fs/promises';
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { ChunkStyle } from './chunks.ts';
import type { Patch } from './patch.ts';
import type { PlainSamples } from './plain-header.ts';

/** A header that was read. */
export interface PcmHeader {
  readonly style: ChunkStyle;
  /** Where the sound begins. */
  readonly dataAt: number;
  /** Bytes of sound that the header declares; undefined when its writer did not know. */
  readonly declaredBytes: number | undefined;
  /** Whether FFmpeg takes the sound to be that long. */
  readonly isFollowed: boolean;
  /** The most bytes of sound that FFmpeg reads by a header of this family. */
  readonly mostBytes: number;
  /** Undefined for codecs whose bytes do not tell a time. */
  readonly bytesPerSecond: number | undefined;
  /** Whether that is what a writer put there as the average. */
  readonly isAverage: boolean;
  /** Bits of each sample that mean something, when those are fewer than it takes room for. */
  readonly validBits: number | undefined;
  /**
   * What FFmpeg would stumble over, whatever the length is: samples that are not said to be as wide as the room that they
   * take, sizes of the whole file that nobody else goes by. Usually none.
   */
  readonly fixes: readonly Patch[];
  /** What makes the header declare that many bytes of sound, or as many as it can. */
  readonly sizePatches: (dataBytes: number) => readonly Patch[];
  /** What FFmpeg would have to be told with another header; undefined where it never has to. */
  readonly samples: PlainSamples | undefined;
  /** Whether FFmpeg takes these samples for others. */
  readonly isMisread: boolean;
}

/** Reads one family's header. Undefined for another family, and for what is no sound header at all. */
export type HeaderReader = (
  file: FileHandle,
  start: Buffer,
  fileBytes: number,
) => Promise<PcmHeader | undefined>;

/**
 * A header that declares no channels at all. FFmpeg 7.1 has the same words for that and for whatever else keeps a decoder
 * from opening.
 * @throws Failure UNSUPPORTED_CHANNELS.
 */
export function requireChannels(channels: number): void {
  if (channels === 0) throw new Failure('UNSUPPORTED_CHANNELS', { detail: { channels } });
}

/** Whole bytes that a sample takes; undefined when that is no whole number, or none at all. */
export function containerBits(blockBytes: number, channels: number): number | undefined {
  const bits = (blockBytes / channels) * 8;
  return Number.isInteger(bits / 8) && bits >= 8 && bits <= 64 ? bits : undefined;
}

/** A length in 64 bits, when it can be one: writers that did not know put 0, −1 or the largest number. */
export function knownBytes(size: number): number | undefined {
  return size > 0 && size <= Number.MAX_SAFE_INTEGER ? size : undefined;
}
