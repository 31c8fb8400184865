/** Joins segments of AAC or ALAC in MP4: packets are copied, none is encoded again. */
import { join } from 'node:path';
import { CannotJoin, type Joined, type JoinOrder } from '../join.ts';
import { joinPackets, type SeamRule } from '../join-packets.ts';
import { withSegments } from '../open-segments.ts';
import { isSameCodec, Mp4Track } from './mp4-track.ts';
import { Mp4Writer } from './mp4-writer.ts';

/** What a joiner has to know of what lies in the packets. */
export interface Mp4Codec {
  /** Samples of a packet, which our encoder never changes. */
  readonly packetSamples: number;
  /** Samples that the encoder puts before the sound. */
  readonly priming: number;
  readonly rule: SeamRule;
}

/**
 * Writes an MP4 with the sound alone.
 * @param sampleRate Hz of the result.
 * @throws CannotJoin; Failure of a full disk.
 */
export async function joinMp4(
  order: JoinOrder,
  sampleRate: number,
  { packetSamples, priming, rule }: Mp4Codec,
): Promise<Joined> {
  return await withSegments(
    order,
    (file) => Mp4Track.open(file),
    async (opened) => {
      const { description } = await opened.at(0);
      const sourceOf = async (index: number): Promise<Mp4Track> => {
        const one = await opened.at(index);
        if (!isSameCodec(one.description, description) || one.priming !== priming) {
          throw new CannotJoin('segments are described differently');
        }
        return one;
      };
      const out = await Mp4Writer.create(join(order.cwd, order.result));
      try {
        const seams = await joinPackets(order, sourceOf, rule, { write: (packet) => out.add(packet) });
        const last = await sourceOf(order.segments.length - 1);
        if (out.packets !== (order.segments.at(-1)?.firstFrame ?? 0) + last.packets) {
          throw new CannotJoin('packets are missing');
        }
        await out.close({ description, priming, sampleRate, packetSamples }, last.lastSamples);
        return { seams, samples: (out.packets - 1) * packetSamples + last.lastSamples - priming };
      } finally {
        await out.abandon();
      }
    },
  );
}
