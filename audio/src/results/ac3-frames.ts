/** How long frames of AC-3 and E-AC-3 are (ETSI TS 102 366, §4.4.1 and §E.1.3.1). */

const SYNC = 0x0b77;
/** kbit/s by half of `frmsizecod`. */
const KBPS = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640];
/** Hz by `fscod`. */
const RATES = [48_000, 44_100, 32_000];
const SAMPLES = 1_536;

/** Bytes of the AC-3 frame that begins there; undefined where none does. */
export function ac3FrameBytes(header: Buffer): number | undefined {
  if (header.length < 5 || header.readUInt16BE(0) !== SYNC) return undefined;
  const code = header.readUInt8(4);
  const [rate, kbps] = [RATES[code >> 6], KBPS[(code & 63) >> 1]];
  if (rate === undefined || kbps === undefined) return undefined;
  // Words of 16 bits. At 44.1 kHz they do not come out even, and every other frame has one more.
  return 2 * (Math.floor((kbps * 1000 * SAMPLES) / (16 * rate)) + (code & 1 && rate === 44_100 ? 1 : 0));
}

/** The same of E-AC-3, which says how many words there are. */
export function eac3FrameBytes(header: Buffer): number | undefined {
  if (header.length < 4 || header.readUInt16BE(0) !== SYNC) return undefined;
  return 2 * ((header.readUInt16BE(2) & 0x7ff) + 1);
}
