/** Where one stream of layer III may go over into another one of the same sound. */
import { CannotJoin } from '../join.ts';
import { type Meeting, nearestFirst } from '../join-packets.ts';
import { type Mp3Frame, readMp3Frame } from './mp3-frame.ts';

/** Two segments around the place where they meet, read. */
export interface Mp3Meeting {
  readonly before: readonly Mp3Frame[];
  readonly after: readonly Mp3Frame[];
  /** The index of the first frame of the second one. */
  readonly at: number;
}

/**
 * The place at which the second stream can best take over: where it needs the least more of the bit reservoir than the
 * first one has left, and of such places the nearest one to the nominal. The last windows before it have to be the same in
 * both: MDCT blocks overlap, and cancel each other's aliasing only in pairs.
 * @param mineLate how many bytes later than it says the first stream's main data lies.
 */
export function chooseMp3Seam(
  { before, after, nominal, last }: Meeting,
  mineLate: number,
): Mp3Meeting | undefined {
  const [mine, others] = [before.map(parsed), after.map(parsed)];
  const places = nearestFirst(nominal, last).flatMap((at) => {
    const lacks = lackingAt(mine, others, at, mineLate);
    return lacks === undefined ? [] : [{ at, lacks }];
  });
  const best = places.toSorted((a, b) => a.lacks - b.lacks)[0];
  return best && { before: mine, after: others, at: best.at };
}

function parsed(bytes: Buffer): Mp3Frame {
  const frame = readMp3Frame(bytes);
  if (frame === undefined) throw new CannotJoin('a frame is of another kind');
  return frame;
}

/** How many bytes later the second stream's main data would have to lie; undefined where it cannot take over at all. */
function lackingAt(
  before: readonly Mp3Frame[],
  after: readonly Mp3Frame[],
  at: number,
  mineLate: number,
): number | undefined {
  const [mine, former, next] = [before[at - 1], after[at - 1], after[at]];
  if (mine === undefined || former === undefined || next === undefined) return undefined;
  if (mine.lastWindows.join() !== former.lastWindows.join()) return undefined;
  // What is to be written over, or read, has to be among the frames at hand.
  if (next.mainDataBegin > Math.min(slotBytes(before, at), slotBytes(after, at))) return undefined;
  const lacks = Math.max(0, next.mainDataBegin - freeBytes(mine) + mineLate);
  let late = lacks;
  for (let index = at; index < after.length && late > 0; index += 1) {
    const [earlier, frame] = [after[index - 1], after[index]];
    if (earlier === undefined || frame === undefined) break;
    if (index > at) late = Math.max(0, late - (freeBytes(earlier) - frame.mainDataBegin));
    if (late > frame.mainDataBegin) return undefined;
  }
  return lacks;
}

/** Bytes before the next frame's slot that no main data up to this frame is in. */
export function freeBytes({ bytes, sideEnd, mainDataBegin, mainDataBytes }: Mp3Frame): number {
  return mainDataBegin + bytes.length - sideEnd - mainDataBytes;
}

/** Bytes of the slots before a frame. */
function slotBytes(frames: readonly Mp3Frame[], index: number): number {
  return frames.slice(0, index).reduce((sum, { bytes, sideEnd }) => sum + bytes.length - sideEnd, 0);
}
