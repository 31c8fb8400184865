/**
 * Joins segments of Vorbis in Ogg: packets are copied, none is encoded again. One follows another behind a packet that is
 * the same in both, so that a decoder cannot tell.
 */
import { join } from 'node:path';
import { CannotJoin, type Joined, type JoinOrder } from '../join.ts';
import { withSegments } from '../open-segments.ts';
import { ResultWriter } from '../result-writer.ts';
import { StreamWriter } from './stream-writer.ts';
import { openVorbis, type VorbisPacket, type VorbisPackets } from './vorbis-packets.ts';

/** Samples between two long blocks: segments begin at multiples, so that they have the same blocks where no attack moves them. */
export const VORBIS_FRAME = 1_024;
/** So many packets have to be the same in both segments before one follows the other. */
const SAME_PACKETS = 4;

/**
 * Takes the header of the first segment and the packets of all.
 * @throws CannotJoin; Failure of a full disk.
 */
export async function joinVorbis(order: JoinOrder, sampleRate: number): Promise<Joined> {
  const startOf = (index: number) => (order.segments[index]?.firstFrame ?? 0) * VORBIS_FRAME;
  return await withSegments(
    order,
    (file, index) => openVorbis(file, startOf(index)),
    async (opened) => {
      const first = await opened.at(0);
      const out = await ResultWriter.create(join(order.cwd, order.result));
      try {
        const stream = await StreamWriter.begin(out, first.header, { start: 0, second: sampleRate });
        const writeAll = async (packets: readonly VorbisPacket[]): Promise<void> => {
          for (const { bytes, endSample } of packets) await stream.add(bytes, endSample);
        };
        const seams: number[] = [];
        let current = first;
        for (const [index, { takesOver }] of order.segments.entries()) {
          if (index === 0) continue;
          await copyUntil(stream, current.packets, takesOver * VORBIS_FRAME);
          const before = await current.packets.takeUntil(Number.POSITIVE_INFINITY);
          const next = await opened.at(index);
          if (!next.header.packets[2]?.equals(first.header.packets[2] ?? Buffer.alloc(0)))
            throw new CannotJoin('segments have other codebooks');
          const after = await next.packets.takeUntil(before.at(-1)?.endSample ?? 0);
          const common = commonPacket(before, after);
          if (common === undefined) throw new CannotJoin(`segment ${index} cannot follow the one before it`);
          await writeAll(before.slice(0, common.inFirst + 1));
          seams.push((before[common.inFirst]?.endSample ?? 0) / VORBIS_FRAME);
          await writeAll(after.slice(common.inSecond + 1));
          current = next;
        }
        await copyUntil(stream, current.packets, Number.POSITIVE_INFINITY);
        // What the encoder has put behind the sound is cut off by what the last page says.
        const samples = current.packets.lastEndSample;
        await stream.end(samples);
        await out.close();
        return { seams, samples };
      } finally {
        await out.abandon();
      }
    },
  );
}

/** The packets up to that place, or to the end of the one that reaches beyond it; whole pages where that is possible. */
async function copyUntil(stream: StreamWriter, packets: VorbisPackets, endSample: number): Promise<void> {
  for (;;) {
    const page = await packets.nextPage(endSample);
    if (page !== undefined) {
      await stream.copy(page.bytes, page.endSample);
      continue;
    }
    const packet = await packets.next();
    if (packet === undefined) return;
    await stream.add(packet.bytes, packet.endSample);
    if (packet.endSample >= endSample) return;
  }
}

/**
 * The first packet of which both have the same, in the same place, behind as many that are the same as a seam takes.
 * Undefined where there is none.
 */
function commonPacket(
  first: readonly VorbisPacket[],
  second: readonly VorbisPacket[],
): { readonly inFirst: number; readonly inSecond: number } | undefined {
  const same = samePackets(first, second);
  const from = same.findIndex((_, at) => isSame(same, at));
  const inFirst = from + SAME_PACKETS - 1;
  const inSecond = same[inFirst];
  return from === -1 || inSecond === undefined ? undefined : { inFirst, inSecond };
}

/** For each packet of the first one, the same in the same place of the second one. */
export function samePackets(
  first: readonly VorbisPacket[],
  second: readonly VorbisPacket[],
): (number | undefined)[] {
  const places = new Map(second.map(({ endSample }, index) => [endSample, index]));
  return first.map(({ bytes, endSample }) => {
    const index = places.get(endSample);
    return index !== undefined && second[index]?.bytes.equals(bytes) === true ? index : undefined;
  });
}

/** Whether as many are the same from there on as a seam takes. */
export function isSame(same: readonly (number | undefined)[], from: number): boolean {
  return Array.from({ length: SAME_PACKETS }, (_, index) => same[from + index]).every(
    (at) => at !== undefined,
  );
}
