/** Kind and size of a picture, from its header. */

/** What a picture's own header says; the pixels are never decoded. */
export interface PictureHeader {
  readonly mimeType: 'image/jpeg' | 'image/png';
  readonly width: number;
  readonly height: number;
}

/** Reads kind and dimensions of a JPEG or PNG; undefined for everything else and for broken headers. */
export function readPictureHeader(bytes: Buffer): PictureHeader | undefined {
  return readPng(bytes) ?? readJpeg(bytes);
}

const pngSignature = Buffer.from('89504e470d0a1a0a', 'hex');

function readPng(bytes: Buffer): PictureHeader | undefined {
  if (bytes.length < 33 || !bytes.subarray(0, 8).equals(pngSignature)) return undefined;
  if (bytes.toString('latin1', 12, 16) !== 'IHDR') return undefined;
  return withDimensions('image/png', bytes.readUInt32BE(16), bytes.readUInt32BE(20));
}

/** Walks the JPEG segments (ITU-T T.81 B.1) to the first frame header. */
function readJpeg(bytes: Buffer): PictureHeader | undefined {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return undefined;
  let at = 2;
  while (at + 9 <= bytes.length) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1; // fill byte
      continue;
    }
    // SOF0..SOF15, without DHT (C4), JPG (C8) and DAC (CC) that share the range.
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return withDimensions('image/jpeg', bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5));
    if (marker === 0xd9 || marker === 0xda) return undefined; // the end, or pixels without a frame header
    at += 2 + Math.max(2, bytes.readUInt16BE(at + 2));
  }
  return undefined;
}

function withDimensions(
  mimeType: PictureHeader['mimeType'],
  width: number,
  height: number,
): PictureHeader | undefined {
  // FFmpeg refuses dimensions beyond what an image buffer can have; no cover comes near this.
  const sane = width > 0 && height > 0 && width <= 30_000 && height <= 30_000;
  return sane ? { mimeType, width, height } : undefined;
}
