/** Joins segments of AAC, in MP4 or as frames of ADTS that stand behind each other: frames are copied, none is encoded again. */
import { join } from 'node:path';
import type { Joined, JoinOrder } from '../join.ts';
import { joinPackets, type SeamRule } from '../join-packets.ts';
import { joinMp4 } from '../mp4/join-mp4.ts';
import { withSegments } from '../open-segments.ts';
import { framesIn, type PacketBlock } from '../packet-source.ts';
import { ResultWriter } from '../result-writer.ts';
import { findAacSeam } from './seam.ts';

/** Samples of a frame. The encoder puts one of them before the sound. */
export const AAC_FRAME = 1024;
/** Bytes of a header of ADTS without a checksum, which FFmpeg never writes. */
const ADTS_HEADER_BYTES = 7;

/** @param headerBytes what stands before each frame. */
const seamRule = (headerBytes: number): SeamRule => ({
  earlier: 1,
  tail: 2,
  meet: ({ before, after, nominal, last }) => {
    const frames = (packets: readonly Buffer[]) => packets.map((packet) => packet.subarray(headerBytes));
    const at = findAacSeam(frames(before), frames(after), nominal, last);
    return at === undefined ? undefined : { at, before: before.slice(0, at) };
  },
});

/**
 * Writes an MP4 with the sound alone.
 * @throws what {@link joinMp4} does.
 */
export async function joinAac(order: JoinOrder, sampleRate: number): Promise<Joined> {
  const codec = { packetSamples: AAC_FRAME, priming: AAC_FRAME, rule: seamRule(0) };
  return await joinMp4(order, sampleRate, codec);
}

/**
 * The whole result: ADTS has no other header than those of its frames.
 * @throws CannotJoin; Failure of a full disk.
 */
export async function joinAdts(order: JoinOrder): Promise<Joined> {
  return await withSegments(
    order,
    async (file) => framesIn(file, 'adts'),
    async (opened) => {
      const out = await ResultWriter.create(join(order.cwd, order.result));
      try {
        let frames = 0;
        const add = async (frame: Buffer): Promise<void> => {
          frames += 1;
          await out.write(frame);
        };
        const addBlock = async ({ bytes, packets }: PacketBlock): Promise<void> => {
          frames += packets.length;
          await out.write(bytes);
        };
        const rule = seamRule(ADTS_HEADER_BYTES);
        const seams = await joinPackets(order, opened.at, rule, { write: add, writeBlock: addBlock });
        await out.close();
        // Nothing says where in the last frame the sound ends.
        return { seams, samples: (frames - 1) * AAC_FRAME };
      } finally {
        await out.abandon();
      }
    },
  );
}
