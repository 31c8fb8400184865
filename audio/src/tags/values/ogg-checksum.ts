/** The checksum of an Ogg page (RFC 3533 §6): a CRC of 32 bits that nobody else uses in this form. */

const CHECKSUM_AT = 22;
const POLYNOMIAL = 0x04c11db7;

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) rest = (rest << 1) ^ (rest < 0 ? POLYNOMIAL : 0);
  return rest >>> 0;
});

/** Puts the page's checksum into it; answers the same buffer. */
export function setOggChecksum(page: Buffer): Buffer {
  page.writeUInt32LE(0, CHECKSUM_AT);
  let rest = 0;
  for (const byte of page) rest = ((rest << 8) ^ (table[((rest >>> 24) ^ byte) & 0xff] ?? 0)) >>> 0;
  page.writeUInt32LE(rest, CHECKSUM_AT);
  return page;
}
