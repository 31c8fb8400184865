/**
 * Chains of FLAC in Ogg whose links differ in depth. FFmpeg's decoder keeps the depth of the first link, and throws all
 * frames of another one away; whatever header stands among them, it reads none but the first.
 */
import { openOwnFile } from '../own-files.ts';
import { readAt } from './read-at.ts';

const HEADER_BYTES = 27;
const FLAGS_AT = 5;
const BEGINS = 2;
const PIECES_AT = 26;

/** The first page of a link holds one packet: 9 bytes of its own, `fLaC` and STREAMINFO (RFC 9639 §10.1). */
const PACKET_AT = HEADER_BYTES + 1;
const FIRST_PAGE_BYTES = PACKET_AT + 51;
/** Where STREAMINFO says how deep samples are, across two bytes (RFC 9639 §8.2). */
const DEPTH_AT = PACKET_AT + 17 + 12;

/**
 * Reads an Ogg file through, page by page.
 * @returns bits of each link, in their order; none of a file that holds anything but FLAC.
 * @throws Failure CONVERSION_FAILED when it is no plain file.
 */
export async function flacLinkDepths(path: string): Promise<readonly number[]> {
  const file = await openOwnFile(path);
  if (file === undefined) return [];
  const depths: number[] = [];
  try {
    for (let at = 0; ; ) {
      const page = await readAt(file, at, HEADER_BYTES + 255);
      if (page.length < HEADER_BYTES || page.toString('latin1', 0, 4) !== 'OggS') return depths;
      const pieces = page.subarray(HEADER_BYTES, HEADER_BYTES + page.readUInt8(PIECES_AT));
      const pageBytes = pieces.reduce((sum, piece) => sum + piece, HEADER_BYTES + pieces.length);
      if ((page.readUInt8(FLAGS_AT) & BEGINS) !== 0) {
        const isFlac = page.toString('latin1', PACKET_AT, PACKET_AT + 5) === '\x7fFLAC';
        if (!isFlac || pageBytes !== FIRST_PAGE_BYTES || page.length < pageBytes) return [];
        depths.push(((page.readUInt16BE(DEPTH_AT) >> 4) & 31) + 1);
      }
      at += pageBytes;
    }
  } finally {
    await file.close();
  }
}
