/** Joins segments of Opus in Ogg (RFC 7845): packets are copied, none is encoded again. */
import { join } from 'node:path';
import type { OggPage } from '../../probing/ogg-page.ts';
import { CannotJoin, type Joined, type JoinOrder } from '../join.ts';
import { joinPackets, type Meeting, nearestFirst, type Seam, type SeamRule } from '../join-packets.ts';
import { withSegments } from '../open-segments.ts';
import { ResultWriter } from '../result-writer.ts';
import { openOgg } from './ogg-packets.ts';
import { StreamWriter } from './stream-writer.ts';

/** Samples of a packet, and of a second: Opus counts at 48 kHz whatever it holds. */
export const OPUS_FRAME = 960;
const OPUS_RATE = 48_000;
/** `OpusHead` and `OpusTags`. */
const HEADER_PACKETS = 2;
/** So many packets have to be the same in both segments before one follows the other without any difference. */
const SAME_PACKETS = 2;

const rule: SeamRule = { earlier: 15, tail: 4, meet: meetOpus };

/**
 * Takes the header of the first segment and the packets of all.
 * @throws CannotJoin; Failure of a full disk.
 */
export async function joinOpus(order: JoinOrder): Promise<Joined> {
  return await withSegments(
    order,
    (file) => openOgg(file, HEADER_PACKETS),
    async (opened) => {
      const first = await opened.at(0);
      const preSkip = first.header.packets[0]?.readUInt16LE(10) ?? 0;
      const out = await ResultWriter.create(join(order.cwd, order.result));
      try {
        const stream = await StreamWriter.begin(out, first.header, { start: -preSkip, second: OPUS_RATE });
        let packets = 0;
        const sourceOf = async (index: number) => (await opened.at(index)).packets;
        const write = async (packet: Buffer): Promise<void> => {
          packets += 1;
          await stream.add(checked(packet), packets * OPUS_FRAME);
        };
        const copy = async (page: OggPage): Promise<void> => {
          for (const packet of page.packets) checked(packet);
          packets += page.packets.length;
          await stream.copy(page.bytes, packets * OPUS_FRAME);
        };
        const seams = await joinPackets(order, sourceOf, rule, { write, writeBlock: copy });
        const last = await opened.at(order.segments.length - 1);
        const granule = last.packets.lastGranule + (order.segments.at(-1)?.firstFrame ?? 0) * OPUS_FRAME;
        if (granule <= (packets - 2) * OPUS_FRAME) throw new CannotJoin('there are packets behind the end');
        await stream.end(granule);
        await out.close();
        return { seams, samples: granule - preSkip };
      } finally {
        await out.abandon();
      }
    },
  );
}

/** The nearest packet before which both segments are the same, else the nominal one. */
function meetOpus({ before, after, nominal, last }: Meeting): Seam | undefined {
  if (last < nominal) return undefined;
  const isSame = (index: number): boolean => {
    const [mine, other] = [before[index], after[index]];
    return mine !== undefined && other !== undefined && mine.equals(other);
  };
  const isUnheard = (index: number): boolean =>
    Array.from({ length: SAME_PACKETS }, (_, back) => index - 1 - back).every(isSame);
  const at = nearestFirst(nominal, last).find(isUnheard) ?? nominal;
  return { at, before: before.slice(0, at) };
}

/** Frames of 20 ms by configuration number (RFC 6716 §3.1): the second of SILK's four, the last of the others. */
const LONG_FRAMES = new Set([1, 5, 9, 13, 15, 19, 23, 27, 31]);

/** A packet of one frame of 20 ms, which is all that our encoder makes. */
function checked(packet: Buffer): Buffer {
  const [toc = 0] = packet;
  if (!LONG_FRAMES.has(toc >> 3) || (toc & 3) !== 0) throw new CannotJoin('a packet has another length');
  return packet;
}
