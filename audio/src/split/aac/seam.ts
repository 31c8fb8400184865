/** Where one encode of AAC may go over into another one of the same sound. */
import { type AacFrame, readAacFrame } from './aac-frame.ts';

/** Frames that have to be like one another: two before the seam, the one behind it, and two more. */
const AROUND = [-2, -1, 0, 1, 2];
/** A difference of length weighs as so many steps of level. */
const LENGTH_WEIGHT = 20;

/**
 * The index at which the second one takes over: where windows are the same in both, and levels and lengths most alike.
 * The encoder's rate control comes to other steps with every start, and where those meet there would be a click.
 * @param first the first index at which it can be.
 * @param last the last one.
 * @returns undefined where windows are nowhere the same.
 */
export function findAacSeam(
  before: readonly Buffer[],
  after: readonly Buffer[],
  first: number,
  last: number,
): number | undefined {
  const [mine, others] = [before.map(readAacFrame), after.map(readAacFrame)];
  let best: { index: number; score: number } | undefined;
  for (let index = Math.max(1, first); index <= last; index += 1) {
    const score = AROUND.reduce((sum, step) => sum + distance(mine[index + step], others[index + step]), 0);
    if (score < (best?.score ?? Number.POSITIVE_INFINITY)) best = { index, score };
  }
  return best?.index;
}

function distance(mine: AacFrame | undefined, other: AacFrame | undefined): number {
  if (mine === undefined || other === undefined || mine.windows !== other.windows)
    return Number.POSITIVE_INFINITY;
  const length = Math.abs(mine.bytes - other.bytes) / mine.bytes;
  return Math.abs(mine.gain - other.gain) + LENGTH_WEIGHT * length;
}
