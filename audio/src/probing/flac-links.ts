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
/** 255 pieces of 255 bytes each. */
const MAX_PAGE_BYTES = HEADER_BYTES + 255 + 255 * 255;

/** The first page of a link holds one packet: 9 bytes of its own, `fLaC` and STREAMINFO (RFC 9639 §10.1). */
const PACKET_AT = HEADER_BYTES + 1;
const FIRST_PAGE_BYTES = PACKET_AT + 51;
/** Where STREAMINFO says how deep samples are, across two bytes (RFC 9639 §8.2). */
const DEPTH_AT = PACKET_AT + 17 + 12;

/** Read at once. A block always holds a whole one. */
const BLOCK_BYTES = 1024 ** 2;
/** Of 4 KiB, as writers make them, these are 16 GiB. Empty ones take as long to walk over, and cost a hostile file nothing. */
const MAX_PAGES = 4_000_000;
const MAX_LINKS = 10_000;

/**
 * Reads an Ogg file through, page by page.
 * @param signal its abort ends that.
 * @returns bits of each link, in their order; none of a file that holds anything but FLAC, or more pages than any real one.
 * @throws Failure CONVERSION_FAILED when it is no plain file; the abort reason of `signal`.
 */
export async function flacLinkDepths(
  path: string,
  signal: AbortSignal,
  maxPages = MAX_PAGES,
): Promise<readonly number[]> {
  const file = await openOwnFile(path);
  if (file === undefined) return [];
  const depths: number[] = [];
  let block: Buffer = Buffer.alloc(0);
  let [blockAt, isLast] = [0, false];
  try {
    for (let at = 0, pages = 0; pages < maxPages && depths.length < MAX_LINKS; pages += 1) {
      if (!isLast && at + MAX_PAGE_BYTES > blockAt + block.length) {
        signal.throwIfAborted();
        [block, blockAt] = [await readAt(file, at, BLOCK_BYTES), at];
        isLast = block.length < BLOCK_BYTES;
      }
      const page = block.subarray(at - blockAt);
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
    return [];
  } finally {
    await file.close();
  }
}
