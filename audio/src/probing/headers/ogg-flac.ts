/** Chains of FLAC in Ogg, whose links may have larger blocks than the first one declares. */
import type { FileHandle } from 'node:fs/promises';
import { setOggChecksum } from '../../tags/values/ogg-checksum.ts';
import { readAt } from '../read-at.ts';

/** The first page of a stream: a header of 27 bytes, one segment, and the packet of FLAC's mapping to Ogg (RFC 9639 §10.1). */
const PACKET_AT = 28;
const PACKET_BYTES = 51;
/** The most samples of one block, in STREAMINFO, which begins 17 bytes into that packet. */
const LARGEST_BLOCK_AT = PACKET_AT + 17 + 2;
/** The most that FLAC allows (RFC 9639 §8.2). */
const LARGEST_BLOCK = 65_535;

/**
 * Lets the header allow blocks of any size. FFmpeg reads the STREAMINFO of the first link only, and throws the blocks of all
 * others away that are larger than it says: of a chain that begins at 16 kHz nothing else would be left. Its decoder takes
 * the figure as a bound and for nothing else.
 * @param file open for reading and writing.
 */
export async function mendOggFlac(file: FileHandle, start: Buffer): Promise<void> {
  const isOggFlac =
    start.toString('latin1', 0, 4) === 'OggS' &&
    start[26] === 1 &&
    start[27] === PACKET_BYTES &&
    start.toString('latin1', PACKET_AT, PACKET_AT + 5) === '\x7fFLAC';
  if (!isOggFlac) return;
  const page = await readAt(file, 0, PACKET_AT + PACKET_BYTES);
  if (page.length < PACKET_AT + PACKET_BYTES || page.readUInt16BE(LARGEST_BLOCK_AT) === LARGEST_BLOCK) return;
  page.writeUInt16BE(LARGEST_BLOCK, LARGEST_BLOCK_AT);
  await file.write(setOggChecksum(page), 0, page.length, 0);
}
