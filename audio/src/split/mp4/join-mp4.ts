/** Joins segments of ALAC: packets know nothing of one another, so they only have to stand behind each other. */
import { join } from 'node:path';
import { CannotJoin, type Joined, type JoinOrder } from '../join.ts';
import { joinPackets, type SeamRule } from '../join-packets.ts';
import { withSegments } from '../open-segments.ts';
import { Mp4Track } from './mp4-track.ts';
import { Mp4Writer } from './mp4-writer.ts';

/** FFmpeg's encoder takes so many samples at once. */
export const ALAC_FRAME = 4096;

/** Segments begin where they are needed. */
const rule: SeamRule = { earlier: 0, tail: 0, meet: () => undefined };

/**
 * Writes an MP4 with the sound alone.
 * @param sampleRate Hz of the result.
 * @throws CannotJoin; Failure of a full disk.
 */
export async function joinAlac(order: JoinOrder, sampleRate: number): Promise<Joined> {
  return await withSegments(
    order,
    (file) => Mp4Track.open(file),
    async ({ first, last, all }) => {
      if (all.some(({ description }) => !description.equals(first.description))) {
        throw new CannotJoin('segments are described differently');
      }
      const out = await Mp4Writer.create(join(order.cwd, order.result));
      try {
        const seams = await joinPackets(order, all, rule, (packet) => out.add(packet));
        if (seams.some((seam, index) => seam !== order.segments[index + 1]?.takesOver)) {
          throw new CannotJoin('packets are missing');
        }
        const { description, priming } = first;
        await out.close({ description, priming, sampleRate, packetSamples: ALAC_FRAME }, last.lastSamples);
        return { seams, samples: (out.packets - 1) * ALAC_FRAME + last.lastSamples };
      } finally {
        await out.abandon();
      }
    },
  );
}
