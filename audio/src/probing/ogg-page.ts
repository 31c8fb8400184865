/** One page of an Ogg file (RFC 3533). */

const HEADER_BYTES = 27;
/** The largest page: its header, 255 lengths and as many pieces. */
export const MOST_PAGE_BYTES = HEADER_BYTES + 255 + 255 * 255;
const CONTINUES = 1;
const ENDS = 4;

/** One page. */
export interface OggPage {
  /** All of it. */
  readonly bytes: Buffer;
  /** Whether it goes on with a packet of the page before. */
  readonly continues: boolean;
  /** Whether it is the last one. */
  readonly ends: boolean;
  readonly granule: number;
  readonly serial: number;
  readonly number: number;
  /** The pieces of packets in it; the last one may go on in the next page. */
  readonly packets: readonly Buffer[];
  readonly lastIsWhole: boolean;
}

/** The page that begins there; undefined where there is no whole one. */
export function readPage(bytes: Buffer): OggPage | undefined {
  if (bytes.length < HEADER_BYTES || bytes.toString('latin1', 0, 4) !== 'OggS') return undefined;
  const lacing = bytes.subarray(HEADER_BYTES, HEADER_BYTES + bytes.readUInt8(26));
  let at = HEADER_BYTES + lacing.length;
  const packets: Buffer[] = [];
  let from = at;
  for (const length of lacing) {
    at += length;
    if (length === 255) continue;
    packets.push(bytes.subarray(from, at));
    from = at;
  }
  if (at > bytes.length) return undefined;
  const lastIsWhole = lacing.at(-1) !== 255;
  if (!lastIsWhole) packets.push(bytes.subarray(from, at));
  return {
    bytes: bytes.subarray(0, at),
    continues: (bytes.readUInt8(5) & CONTINUES) !== 0,
    ends: (bytes.readUInt8(5) & ENDS) !== 0,
    granule: Number(bytes.readBigInt64LE(6)),
    serial: bytes.readUInt32LE(14),
    number: bytes.readUInt32LE(18),
    packets,
    lastIsWhole,
  };
}
