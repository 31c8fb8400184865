/** FLAC whose head says another sample rate than its frames, which are what is decoded. */
import type { FileHandle } from 'node:fs/promises';
import { readAt } from '../read-at.ts';

/** In STREAMINFO, which has to be the first block: 20 bits, and 4 more that are something else (RFC 9639 §8.2). */
const RATE_AT = 18;
/** Blocks before the sound; real files have a handful. */
const MAX_BLOCKS = 128;
/** The longest header of a frame: 4 bytes, a number of up to 7, a size and a rate of 2 each, and a checksum. */
const FRAME_HEADER_BYTES = 16;

/**
 * Lets the head say the rate of the first frame. By another one FFmpeg comes to another length, and 7.1 to other times for all
 * of the sound.
 * @param file open for reading and writing.
 */
export async function mendFlac(file: FileHandle, start: Buffer): Promise<void> {
  if (start.toString('latin1', 0, 4) !== 'fLaC' || ((start[4] ?? 0) & 0x7f) !== 0) return;
  const field = await readAt(file, RATE_AT, 3);
  if (field.length < 3) return;
  const rate = rateOfFrame(await firstFrame(file));
  const declared = field.readUIntBE(0, 3);
  if (rate === undefined || rate === declared >> 4) return;
  field.writeUIntBE((rate << 4) | (declared & 15), 0, 3);
  await file.write(field, 0, field.length, RATE_AT);
}

async function firstFrame(file: FileHandle): Promise<Buffer> {
  let next = 4;
  for (let count = 0; count < MAX_BLOCKS; count += 1) {
    const header = await readAt(file, next, 4);
    if (header.length < 4) break;
    next += 4 + header.readUIntBE(1, 3);
    if (header.readUInt8(0) >= 0x80) return await readAt(file, next, FRAME_HEADER_BYTES);
  }
  return Buffer.alloc(0);
}

/** Hz by the numbers that stand for them (RFC 9639 §9.1.2); 0 leaves it to STREAMINFO. */
const rates = [0, 88_200, 176_400, 192_000, 8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000];

/** Undefined where the frame says none, or is no whole header. */
function rateOfFrame(header: Buffer): number | undefined {
  if (header.length < FRAME_HEADER_BYTES || (header.readUInt16BE(0) & 0xfffe) !== 0xfff8) return undefined;
  const [sizeCode, rateCode] = [header.readUInt8(2) >> 4, header.readUInt8(2) & 15];
  const sizeAt = 4 + codedBytes(header.readUInt8(4));
  const rateAt = sizeAt + (sizeCode === 6 ? 1 : sizeCode === 7 ? 2 : 0);
  const end = rateAt + (rateCode === 12 ? 1 : rateCode === 13 || rateCode === 14 ? 2 : 0);
  if (end >= header.length || crc8(header.subarray(0, end)) !== header.readUInt8(end)) return undefined;
  if (rateCode === 12) return header.readUInt8(rateAt) * 1_000;
  if (rateCode === 13) return header.readUInt16BE(rateAt);
  if (rateCode === 14) return header.readUInt16BE(rateAt) * 10;
  return rates[rateCode] || undefined;
}

/** Bytes of a number that is coded as UTF-8 codes characters, by its first one. */
function codedBytes(first: number): number {
  return first < 0x80 ? 1 : Math.clz32(~(first << 24));
}

/** x⁸ + x² + x + 1 (RFC 9639 §9.1.8). */
function crc8(bytes: Buffer): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = ((crc << 1) ^ (crc >= 0x80 ? 0x107 : 0)) & 0xff;
  }
  return crc;
}
