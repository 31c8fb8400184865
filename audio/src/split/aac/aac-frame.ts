/** What a frame of AAC says of its first element (ISO 14496-3 §4.4.2): how like one another two encodes of it are. */
import { Bits } from '../bits.ts';

/** The first element of a frame. */
export interface AacFrame {
  /** Bytes of the whole frame, without what a container puts before it. */
  readonly bytes: number;
  /** The kinds of window, their shapes and the highest band, in one word: what has to be the same where blocks overlap. */
  readonly windows: string;
  /** Its level, in steps of 1.5 dB. */
  readonly gain: number;
}

const SINGLE = 0;
const PAIR = 1;
const FILL = 6;
const EIGHT_SHORT = 2;

/** Reads it; undefined for a frame that begins with anything else than a channel or a pair of them. */
export function readAacFrame(frame: Buffer): AacFrame | undefined {
  const bits = new Bits(frame);
  let kind = bits.take(3);
  while (kind === FILL) {
    const count = bits.take(4);
    bits.skip(8 * (count === 15 ? 14 + bits.take(8) : count));
    kind = bits.take(3);
  }
  bits.skip(4);
  if (kind === SINGLE) return ownWindows(frame, bits);
  if (kind !== PAIR) return undefined;
  if (bits.take(1) === 0) return ownWindows(frame, bits);
  const { windows, bands } = readWindows(bits);
  if (bits.take(2) === 1) bits.skip(bands);
  return { bytes: frame.length, windows, gain: bits.take(8) };
}

function ownWindows(frame: Buffer, bits: Bits): AacFrame {
  const gain = bits.take(8);
  return { bytes: frame.length, windows: readWindows(bits).windows, gain };
}

/** Answers also how many bands all groups of windows have together. */
function readWindows(bits: Bits): { windows: string; bands: number } {
  bits.skip(1);
  const [sequence, shape] = [bits.take(2), bits.take(1)];
  if (sequence !== EIGHT_SHORT) {
    const highest = bits.take(6);
    bits.skip(1);
    return { windows: `${sequence} ${shape} ${highest}`, bands: highest };
  }
  const highest = bits.take(4);
  let groups = 1;
  for (let window = 1; window < 8; window += 1) groups += 1 - bits.take(1);
  return { windows: `${sequence} ${shape} ${highest}`, bands: highest * groups };
}
