/** Ogg pages (RFC 3533), with right checksums. */
import { setOggChecksum } from '@wavefleet/audio/tags/values/ogg-checksum.ts';
import { join, u8, u32le, u64le } from './bytes.ts';

/** One page with whole packets, or with the part of a packet that goes on. */
export interface Page {
  /** 1 goes on, 2 first, 4 last. Default 0. */
  readonly flags?: number;
  readonly granule?: bigint;
  readonly serial?: number;
  readonly sequence: number;
  readonly lacing: readonly number[];
  readonly body: Buffer;
}

export function page({ flags = 0, granule = 0n, serial = 7, sequence, lacing, body }: Page): Buffer {
  const bytes = join(
    'OggS',
    ...[u8(0), u8(flags), u64le(granule), u32le(serial), u32le(sequence), u32le(0), u8(lacing.length)],
    Buffer.from(lacing),
    body,
  );
  return setOggChecksum(bytes);
}

/** A packet over as many pages as it takes. */
export function pagesOf(packet: Buffer, sequence: number, flags = 0): Buffer {
  const lengths = [...Array<number>(Math.floor(packet.length / 255)).fill(255), packet.length % 255];
  const pages: Buffer[] = [];
  let at = 0;
  for (let first = 0; first < lengths.length; first += 255) {
    const lacing = lengths.slice(first, first + 255);
    const bytes = lacing.reduce((sum, length) => sum + length, 0);
    const body = packet.subarray(at, at + bytes);
    pages.push(page({ flags: first === 0 ? flags : 1, sequence: sequence + pages.length, lacing, body }));
    at += bytes;
  }
  return Buffer.concat(pages);
}

/** Where each page of a file begins. */
export function pageStarts(file: Buffer): number[] {
  const starts: number[] = [];
  for (let at = file.indexOf('OggS'); at >= 0; at = file.indexOf('OggS', at + 4)) starts.push(at);
  return starts;
}
