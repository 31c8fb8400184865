/** Joins segments of MP3: frames are copied, none is encoded again. */
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { readAt } from '../../probing/read-at.ts';
import { CannotJoin, type Joined, type JoinOrder } from '../join.ts';
import { joinPackets, type Meeting, type Seam } from '../join-packets.ts';
import { withSegments } from '../open-segments.ts';
import { framesIn, type PacketBlock, takePacket } from '../packet-source.ts';
import { ResultWriter } from '../result-writer.ts';
import { samplesOfFrame } from './mp3-frame.ts';
import { Reservoir } from './reservoir.ts';
import { chooseMp3Seam } from './seam.ts';
import { readXing, XingCount } from './xing.ts';

/** Frames before the nominal seam. Main data is written over in them: those of 8 kbit/s hold 59 bytes each. */
const EARLIER = 12;
const TAIL = 6;

/**
 * Takes the tags and the header of the first segment and the frames of all; the header says what one run would have said.
 * @param sampleRate Hz of the result.
 * @throws CannotJoin; Failure of a full disk.
 */
export async function joinMp3(order: JoinOrder, sampleRate: number): Promise<Joined> {
  return await withSegments(order, openMp3, async (opened) => {
    const first = await opened.at(0);
    const out = await ResultWriter.create(join(order.cwd, order.result));
    try {
      await out.write(await readAt(first.file, 0, first.headerAt));
      await out.write(first.header.frame);
      const count = await XingCount.create(first.header);
      const reservoir = new Reservoir(async (frame) => {
        count.add(frame);
        await out.write(frame);
      });
      const meet = (meeting: Meeting): Seam | undefined => {
        const chosen = chooseMp3Seam(meeting, reservoir.late);
        if (chosen === undefined) return undefined;
        reservoir.prepare(chosen);
        return { at: chosen.at, before: meeting.before.slice(0, chosen.at) };
      };
      const sourceOf = async (index: number) => (await opened.at(index)).frames;
      const rule = { earlier: EARLIER, tail: TAIL, meet };
      const add = (frame: Buffer) => reservoir.add(frame);
      const addBlock = async ({ bytes, packets }: PacketBlock): Promise<void> => {
        if (!reservoir.isIdle) {
          for (const frame of packets) await add(frame);
          return;
        }
        count.add(bytes, packets);
        await out.write(bytes);
      };
      const seams = await joinPackets(order, sourceOf, rule, { write: add, writeBlock: addBlock });
      await reservoir.end();
      const { frames, padding } = (await opened.at(order.segments.length - 1)).header;
      if (count.frames !== (order.segments.at(-1)?.firstFrame ?? 0) + frames) {
        throw new CannotJoin('frames are missing');
      }
      await out.writeAt(first.headerAt, await count.header(padding));
      await out.close();
      const samples = count.frames * samplesOfFrame(sampleRate) - first.header.delay - padding;
      return { seams, samples };
    } finally {
      await out.abandon();
    }
  });
}

/** Answers with the frames behind the header. */
async function openMp3(file: FileHandle) {
  const id3 = await readAt(file, 0, 10);
  const headerAt = id3.toString('latin1', 0, 3) === 'ID3' ? 10 + syncSafe(id3) : 0;
  const frames = framesIn(file, 'mp3', headerAt);
  const header = readXing(await takePacket(frames));
  if (header === undefined) throw new CannotJoin('a segment has no header');
  return { file, headerAt, header, frames };
}

/** ID3v2 sizes have 7 bits in a byte. */
function syncSafe(id3: Buffer): number {
  return [6, 7, 8, 9].reduce((size, at) => size * 128 + ((id3[at] ?? 0) & 0x7f), 0);
}
