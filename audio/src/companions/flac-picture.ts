/** A cover in the form that FLAC and Ogg have for it, and a FLAC file that carries one. */
import { uint32BE } from '../byte-order.ts';
import type { PictureHeader } from './picture-header.ts';

/** Picture type "front cover" of ID3v2 and FLAC. */
const FRONT_COVER = 3;

/** The body of a FLAC PICTURE block (RFC 9639 §8.8); base64 of it is Ogg's METADATA_BLOCK_PICTURE. */
export function pictureBlock(header: PictureHeader, picture: Buffer): Buffer {
  const mime = Buffer.from(header.mimeType, 'latin1');
  return Buffer.concat([
    uint32BE(FRONT_COVER),
    uint32BE(mime.length),
    mime,
    uint32BE(0), // no description
    uint32BE(header.width),
    uint32BE(header.height),
    uint32BE(24), // bits per pixel: informative only
    uint32BE(0), // not an indexed picture
    uint32BE(picture.length),
    picture,
  ]);
}

/**
 * A FLAC file with no sound and one picture. Muxers refuse a picture stream of unknown dimensions, and with
 * audio-only decoders FFmpeg cannot learn them from the picture; its FLAC demuxer takes them from here.
 */
export function carrierFile(block: Buffer): Buffer {
  const streamInfo = Buffer.alloc(34);
  streamInfo.writeUInt16BE(4096, 0);
  streamInfo.writeUInt16BE(4096, 2);
  // 20 bits rate, 3 bits channels − 1, 5 bits depth − 1, 36 bits samples: 44.1 kHz, 2, 16, unknown.
  streamInfo.writeBigUInt64BE((44_100n << 44n) | (1n << 41n) | (15n << 36n), 10);
  return Buffer.concat([
    Buffer.from('fLaC', 'latin1'),
    blockHeader(0, streamInfo.length),
    streamInfo,
    blockHeader(0x80 | 6, block.length), // the last block, PICTURE
    block,
  ]);
}

function blockHeader(type: number, length: number): Buffer {
  return uint32BE(type * 2 ** 24 + length);
}
