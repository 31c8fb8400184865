/** Joins segments of Vorbis in Ogg: packets are copied, none is encoded again. */
import { join } from 'node:path';
import { CannotJoin, type Joined, type JoinOrder } from '../join.ts';
import { withSegments } from '../open-segments.ts';
import { ResultWriter } from '../result-writer.ts';
import { openOgg } from './ogg-packets.ts';
import { PageWriter } from './page-writer.ts';
import { type VorbisPacket, VorbisPackets } from './vorbis-packets.ts';

/** What segments begin at multiples of: where an encoder's long blocks would be if it never used short ones. */
export const VORBIS_FRAME = 1024;
/** Its identification, comments and the codebooks. */
const HEADER_PACKETS = 3;
const CODEBOOKS = 2;
/** So many packets have to be the same in both segments, and end at the same places, before one follows the other. */
const SAME_PACKETS = 3;

/**
 * Takes the header of the first segment and the packets of all. Where blocks are short is up to the encoder, so packets of
 * two segments are the same ones only if they end at the same place.
 * @param sampleRate Hz of the result.
 * @throws CannotJoin; Failure of a full disk.
 */
export async function joinVorbis(order: JoinOrder, sampleRate: number): Promise<Joined> {
  return await withSegments(
    order,
    (file) => openOgg(file, HEADER_PACKETS),
    async ({ first: { header }, all }) => {
      for (const index of [0, CODEBOOKS]) {
        if (all.some((one) => !isSame(one.header.packets[index], header.packets[index]))) {
          throw new CannotJoin('segments have other codebooks');
        }
      }
      const out = await ResultWriter.create(join(order.cwd, order.result));
      try {
        for (const { bytes } of header.pages) await out.write(bytes);
        const streams = all.map(
          (one, index) => new VorbisPackets(one, (order.segments[index]?.firstFrame ?? 0) * VORBIS_FRAME),
        );
        const pages = new PageWriter({
          write: (page) => out.write(page),
          serial: header.serial,
          number: header.pages.length,
          startGranule: streams[0]?.startGranule ?? 0,
          pageGranules: sampleRate,
        });
        let end = 0;
        // The last one ends where the sound does, so each waits for the next.
        let held: VorbisPacket | undefined;
        const seams = await joinStreams(order, streams, async (packet) => {
          if (packet.end < end) throw new CannotJoin('packets go back');
          end = packet.end;
          if (held !== undefined) await pages.add(held.bytes, held.end);
          held = packet;
        });
        const samples = streams.at(-1)?.endOfSound ?? 0;
        if (held === undefined || samples > held.end) throw new CannotJoin('packets are missing');
        await pages.add(held.bytes, samples);
        await pages.end();
        await out.close();
        return { seams: seams.map((sample) => sample / VORBIS_FRAME), samples };
      } finally {
        await out.abandon();
      }
    },
  );
}

/** Calls `write` with every packet of the result, in order. Answers where segments meet, in samples of the result. */
async function joinStreams(
  { segments, lookAhead }: JoinOrder,
  streams: readonly VorbisPackets[],
  write: (packet: VorbisPacket) => Promise<void>,
): Promise<number[]> {
  const seams: number[] = [];
  /** Packets of the segment at hand that were read already, and are still to be written. */
  let read: readonly VorbisPacket[] = [];
  for (const [index, stream] of streams.entries()) {
    const [segment, next] = [segments[index], segments[index + 1]];
    const following = streams[index + 1];
    if (segment === undefined) throw new CannotJoin('a segment is missing');
    for (const packet of read) await write(packet);
    const nominal = (next?.takesOver ?? Number.POSITIVE_INFINITY) * VORBIS_FRAME;
    const before: VorbisPacket[] = [];
    for (let packet = await stream.next(); packet !== undefined; packet = await stream.next()) {
      if (packet.end < nominal) await write(packet);
      else before.push(packet);
    }
    if (next === undefined || following === undefined) break;
    const last = nominal + lookAhead * VORBIS_FRAME;
    const after: VorbisPacket[] = [];
    for (let end = 0; end < last; end = after.at(-1)?.end ?? last) {
      const packet = await following.next();
      if (packet === undefined) break;
      after.push(packet);
    }
    const places = next.firstFrame < next.takesOver ? meet(before, after) : { before: 0, after: 1 };
    if (places === undefined)
      throw new CannotJoin(`segment ${index + 1} has no packets of the one before it`);
    for (const packet of before.slice(0, places.before)) await write(packet);
    seams.push(after[places.after]?.end ?? nominal);
    read = after.slice(places.after);
  }
  return seams;
}

/** The first packets of both behind some that are the same in both; undefined where none are. */
function meet(
  before: readonly VorbisPacket[],
  after: readonly VorbisPacket[],
): { before: number; after: number } | undefined {
  const places = new Map(after.map(({ end }, index) => [end, index]));
  let same = 0;
  for (const [index, packet] of before.entries()) {
    const other = places.get(packet.end);
    same = other !== undefined && isSame(packet.bytes, after[other]?.bytes) ? same + 1 : 0;
    if (other !== undefined && same === SAME_PACKETS) return { before: index + 1, after: other + 1 };
  }
  return undefined;
}

function isSame(mine: Buffer | undefined, other: Buffer | undefined): boolean {
  return mine !== undefined && other !== undefined && mine.equals(other);
}
