/**
 * Finds where segments of Vorbis can meet. Its long blocks stand in eight possible places, and an attack moves them: a
 * segment that did not hear the last one has other blocks than the whole, and no packet in common with it. At an attack all
 * encoders come to the same blocks, whatever they had before. So some seconds around each seam are encoded twice, from two
 * starts that have no block in common: where both come to the same packets, segments will.
 */
import { CannotJoin } from '../join.ts';
import type { Rehearse } from '../rehearsal.ts';
import { isSame, samePackets, VORBIS_FRAME } from './join-vorbis.ts';
import { openVorbis, type VorbisPacket } from './vorbis-packets.ts';

/** What is heard at once, one piece behind the other: most sound has an attack in the first one. */
const HEARD_SECONDS = [4, 8, 16];
/** An encoder takes the beginning and the end of what it hears for attacks, which there are none for one that hears all. */
const ENDS_SECONDS = 0.5;

/**
 * The places near these at which segments can take over. As many processes run at once as there will be segments.
 * @param takeOvers in frames, as `SplitPlan` has them.
 * @throws CannotJoin where there is none near one of them; what `rehearse` throws. Nothing runs any more then.
 */
export async function settleVorbis(
  takeOvers: readonly number[],
  sampleRate: number,
  rehearse: Rehearse,
): Promise<number[]> {
  const settled = [...takeOvers];
  const problems: unknown[] = [];
  const open = [...takeOvers.keys()].slice(1);
  const lane = async (): Promise<void> => {
    for (let at = open.shift(); at !== undefined && problems.length === 0; at = open.shift()) {
      try {
        settled[at] = await placeNear(takeOvers[at] ?? 0, sampleRate, rehearse);
      } catch (error) {
        problems.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.floor(takeOvers.length / 2) }, lane));
  if (problems.length > 0) throw problems[0];
  return settled;
}

/** @throws as above. */
async function placeNear(takesOver: number, sampleRate: number, rehearse: Rehearse): Promise<number> {
  const ends = Math.ceil(ENDS_SECONDS * sampleRate);
  const packetsOf = (start: number, end: number) =>
    rehearse(start, end, async (file) => {
      const { packets } = await openVorbis(file, start);
      return await packets.takeUntil(Number.POSITIVE_INFINITY);
    });
  let start = takesOver * VORBIS_FRAME;
  for (const seconds of HEARD_SECONDS) {
    const end = start + seconds * sampleRate;
    const [one, other] = await Promise.allSettled([
      packetsOf(start, end),
      packetsOf(start + VORBIS_FRAME / 2, end),
    ]);
    if (one.status === 'rejected') throw one.reason;
    if (other.status === 'rejected') throw other.reason;
    const place = behindAttack(one.value, other.value, start + ends, end - ends);
    if (place !== undefined) return Math.ceil(place / VORBIS_FRAME);
    // What stands at the end of one piece is heard in the next one.
    start = Math.floor((end - 2 * ends) / VORBIS_FRAME) * VORBIS_FRAME;
  }
  throw new CannotJoin('there is no attack at which segments could meet');
}

/** Where the first attack is over between these samples behind which both have the same packets. */
function behindAttack(
  one: readonly VorbisPacket[],
  other: readonly VorbisPacket[],
  from: number,
  to: number,
): number | undefined {
  const same = samePackets(one, other);
  return one.find(
    ({ isShort, endSample }, at) =>
      endSample >= from && endSample <= to && isShort && one[at + 1]?.isShort === false && isSame(same, at),
  )?.endSample;
}
