/**
 * Gives a page of Ogg another place in a stream without reading its sound. Its checksum (RFC 3533 §6: a CRC that begins
 * with 0 and is not inverted) is linear: what changes in the head changes it by the checksum of the difference, with as
 * many zeros behind it as there are bytes. A page that was damaged before still has a wrong one.
 */
import { CHECKSUM_AT, checksumOf, POLYNOMIAL } from '../../tags/values/ogg-checksum.ts';

const GRANULE_AT = 6;
const SERIAL_AT = 14;
const NUMBER_AT = 18;

/** Where a page stands. */
export interface PagePlace {
  readonly granule: number;
  readonly serial: number;
  readonly number: number;
}

/** A copy of the page that stands there. */
export function renumberPage(page: Buffer, { granule, serial, number }: PagePlace): Buffer {
  const moved = Buffer.from(page);
  moved.writeBigInt64LE(BigInt(granule), GRANULE_AT);
  moved.writeUInt32LE(serial, SERIAL_AT);
  moved.writeUInt32LE(number, NUMBER_AT);
  const difference = Buffer.alloc(CHECKSUM_AT);
  for (let at = GRANULE_AT; at < CHECKSUM_AT; at += 1)
    difference.writeUInt8(page.readUInt8(at) ^ moved.readUInt8(at), at);
  const change = behindZeros(checksumOf(difference), page.length - CHECKSUM_AT);
  moved.writeInt32LE(page.readInt32LE(CHECKSUM_AT) ^ change, CHECKSUM_AT);
  return moved;
}

/** The checksum of bytes with so many zeros behind them: times x^8 for each of them, modulo the polynomial. */
function behindZeros(checksum: number, zeros: number): number {
  let [product, power] = [checksum, 0x100];
  for (let left = zeros; left > 0; left >>>= 1) {
    if ((left & 1) === 1) product = times(product, power);
    power = times(power, power);
  }
  return product;
}

/** Of two polynomials over GF(2), whose highest power is the highest bit. */
function times(a: number, b: number): number {
  let product = 0;
  for (let bit = 31; bit >= 0; bit -= 1) {
    product = (product << 1) ^ (product < 0 ? POLYNOMIAL : 0);
    if (((b >>> bit) & 1) === 1) product ^= a;
  }
  return product;
}
