/** The checksum of an Ogg page (RFC 3533 §6): a CRC of 32 bits that nobody else uses in this form. */

/** Where it stands in a page. */
export const CHECKSUM_AT = 22;
/** Its powers below the 32nd, the highest first. */
export const POLYNOMIAL = 0x04c11db7;

/**
 * For a byte, and for one with one, two and three bytes behind it: four bytes a turn. All numbers have a sign: V8 keeps
 * those of 32 bits without one on its heap, where no optimizing compiler is at work, and that took most of the time.
 */
const [table0, table1, table2, table3] = tables();

function tables(): [Int32Array, Int32Array, Int32Array, Int32Array] {
  const first = Int32Array.from({ length: 256 }, (_, byte) => {
    let rest = byte << 24;
    for (let bit = 0; bit < 8; bit += 1) rest = (rest << 1) ^ (rest < 0 ? POLYNOMIAL : 0);
    return rest;
  });
  const behind = (table: Int32Array) => table.map((rest) => (rest << 8) ^ (first[rest >>> 24] as number));
  const [second, third] = [behind(first), behind(behind(first))];
  return [first, second, third, behind(third)];
}

/** Puts the page's checksum into it; answers the same buffer. */
export function setOggChecksum(page: Buffer): Buffer {
  page.writeUInt32LE(0, CHECKSUM_AT);
  page.writeInt32LE(checksumOf(page), CHECKSUM_AT);
  return page;
}

/** Of a page with a checksum of 0, or of a part of one. Answered with a sign. */
export function checksumOf(page: Buffer): number {
  let rest = 0;
  let at = 0;
  for (const fours = page.length & ~3; at < fours; at += 4) {
    rest =
      (table3[(rest >>> 24) ^ (page[at] as number)] as number) ^
      (table2[((rest >>> 16) & 0xff) ^ (page[at + 1] as number)] as number) ^
      (table1[((rest >>> 8) & 0xff) ^ (page[at + 2] as number)] as number) ^
      (table0[(rest & 0xff) ^ (page[at + 3] as number)] as number);
  }
  for (; at < page.length; at += 1)
    rest = (rest << 8) ^ (table0[(rest >>> 24) ^ (page[at] as number)] as number);
  return rest;
}
