/** Parts the values that `one-text.ts` joined, in the finished file and in place. */
import type { FileHandle } from 'node:fs/promises';
import { readAt } from '../../probing/read-at.ts';
import { MARK } from '../separators.ts';
import { id3End, synchsafe } from './id3.ts';
import { id3Place } from './id3-frames.ts';
import { boxesBetween, itemBoxes } from './mp4.ts';
import { oggCommentPacket } from './ogg.ts';
import { setOggChecksum } from './ogg-checksum.ts';
import { COMMENT_MARK, DATA_MARK, type ValuesIn } from './one-text.ts';
import { MAX_TEXT_BYTES, type ReadBytes } from './tag-pair.ts';
import { commentEntries, flacCommentBlock } from './vorbis.ts';

/** A file of ours, open for reading and writing. */
interface Result {
  readonly file: FileHandle;
  readonly read: ReadBytes;
  readonly sizeBytes: number;
}

/** @param file what FFmpeg wrote for us; open for reading and writing. */
export async function splitValues(file: FileHandle, where: Exclude<ValuesIn, 'none'>): Promise<void> {
  const { size: sizeBytes } = await file.stat();
  await splitters[where]({ file, sizeBytes, read: (at, length) => readAt(file, at, length) });
}

const splitters: Readonly<Record<Exclude<ValuesIn, 'none'>, (result: Result) => Promise<void>>> = {
  flac: async ({ file, read }) => {
    const place = await flacCommentBlock(read, 0);
    if (place === undefined) return;
    await writeAll(file, splitComments(await read(place.at, place.length)), place.at);
  },
  ogg: async ({ file, read }) => {
    const packet = await oggCommentPacket(read);
    if (packet === undefined) return;
    const block = splitComments(packet.block);
    let done = -packet.prefixBytes;
    for (const part of packet.parts) {
      const page = await read(part.pageAt, part.pageBytes);
      block.copy(page, part.at - part.pageAt + Math.max(0, -done), Math.max(0, done), done + part.length);
      await writeAll(file, setOggChecksum(page), part.pageAt);
      done += part.length;
    }
  },
  id3: async (result) => {
    const { file, read, sizeBytes } = result;
    const at = await id3Place(read, sizeBytes);
    const end = await id3End(read, at);
    if (end === undefined) return;
    for (let next = at + 10; next + 10 < end; ) {
      const header = await read(next, 10);
      const id = header.toString('latin1', 0, 4);
      if (!/^[A-Z0-9]{4}$/.test(id)) return; // padding
      const length = synchsafe(header, 4);
      if (id.startsWith('T') && length <= MAX_TEXT_BYTES * 2) {
        const body = await read(next + 10, length);
        for (let mark = body.indexOf(MARK); mark >= 0; mark = body.indexOf(MARK)) body[mark] = 0;
        await writeAll(file, body, next + 10);
      }
      next += 10 + length;
    }
  },
  mp4: async ({ file, read, sizeBytes }) => {
    for (const item of await itemBoxes(read, sizeBytes)) {
      for (const { kind, from, to } of await boxesBetween(read, item.from, item.to)) {
        if (kind !== 'data' || to - from > MAX_TEXT_BYTES * 2) continue;
        const data = await read(from - 8, to - from + 8);
        if (data.includes(DATA_MARK)) await writeAll(file, splitData(data), from - 8);
      }
    }
  },
};

/** Each mark becomes the length of the comment that begins behind it. */
function splitComments(block: Buffer): Buffer {
  const { countAt, entries } = commentEntries(block);
  const split = Buffer.from(block);
  let added = 0;
  for (const { from, to } of entries) {
    const marks = marksIn(block.subarray(from, to), COMMENT_MARK).map((at) => from + at);
    const starts = [from, ...marks.map((at) => at + COMMENT_MARK.length)];
    starts.forEach((start, index) => {
      split.writeUInt32LE((marks[index] ?? to) - start, start - 4);
    });
    added += marks.length;
  }
  if (added > 0) split.writeUInt32LE(block.readUInt32LE(countAt) + added, countAt);
  return split;
}

/** Each mark becomes the head of another `data` box. @param data the box with its own head of 16 bytes. */
function splitData(data: Buffer): Buffer {
  const split = Buffer.from(data);
  const marks = marksIn(data, DATA_MARK);
  const starts = [0, ...marks];
  starts.forEach((start, index) => {
    data.copy(split, start, 0, DATA_MARK.length);
    split.writeUInt32BE((starts[index + 1] ?? data.length) - start, start);
  });
  return split;
}

function marksIn(bytes: Buffer, mark: string): number[] {
  const found: number[] = [];
  for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + mark.length)) found.push(at);
  return found;
}

async function writeAll(file: FileHandle, bytes: Buffer, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
  }
}
