/**
 * How many comments, chapters and attachments a file has, told from its headers. FFmpeg compares each name with all that
 * came before: a hundred thousand take it minutes, for each of which a hostile file pays with a few bytes.
 */
import { Failure } from '@wavefleet/contracts/failure.ts';
import { inputLimits } from '@wavefleet/contracts/input-formats.ts';
import { id3End } from '../tags/values/id3.ts';
import { itemBoxes } from '../tags/values/mp4.ts';
import { oggCommentPacket } from '../tags/values/ogg.ts';
import type { ReadBytes } from '../tags/values/tag-pair.ts';
import { flacCommentBlock } from '../tags/values/vorbis.ts';
import { vint } from './vint.ts';

/** Refuses a file that has more of one kind than `inputLimits.maxParts`. @throws Failure TOO_MANY_PARTS. */
export async function refuseManyParts(read: ReadBytes, start: Buffer, sizeBytes: number): Promise<void> {
  const parts = await countParts(read, start, sizeBytes);
  if (parts > inputLimits.maxParts) {
    throw new Failure('TOO_MANY_PARTS', { detail: { limit: inputLimits.maxParts } });
  }
}

/** Of the kind that there is most of; a count beyond the limit may stop at it. 0 for files that are not known here. */
async function countParts(read: ReadBytes, start: Buffer, sizeBytes: number): Promise<number> {
  const magic = start.toString('latin1', 0, 4);
  if (magic === 'OggS') return commentCount((await oggCommentPacket(read))?.block ?? Buffer.alloc(0));
  if (magic === '\x1a\x45\xdf\xa3') return await matroskaParts(read, sizeBytes);
  if (/^(RIF[FX]|RF64|BW64)$/.test(magic)) return await waveParts(read, magic, sizeBytes);
  if (magic === '\x30\x26\xb2\x75') return asfTags(start);
  if (/^(ftyp|moov|mdat|free|skip|wide)$/.test(start.toString('latin1', 4, 8)))
    return (await itemBoxes(read, sizeBytes, inputLimits.maxParts + 1)).length;
  const behindId3 = (await id3End(read, 0)) ?? 0;
  const frames = behindId3 === 0 ? 0 : await id3Frames(read, behindId3);
  return Math.max(frames, await flacComments(read, behindId3), await apeItems(read, sizeBytes));
}

/** As the block says, where it has room for as many. */
function commentCount(block: Buffer, blockBytes = block.length): number {
  if (block.length < 8) return 0;
  const countAt = 4 + block.readUInt32LE(0);
  if (countAt + 4 > block.length) return 0;
  return Math.min(block.readUInt32LE(countAt), Math.floor((blockBytes - countAt) / 4));
}

/** Vendors' names are shorter than this. */
const COMMENT_HEAD_BYTES = 4_096;

async function flacComments(read: ReadBytes, at: number): Promise<number> {
  if ((await read(at, 4)).toString('latin1') !== 'fLaC') return 0;
  const block = await flacCommentBlock(read, at);
  if (block === undefined) return 0;
  return commentCount(await read(block.at, Math.min(block.length, COMMENT_HEAD_BYTES)), block.length);
}

/** Frames of any kind: texts, chapters, pictures. */
async function id3Frames(read: ReadBytes, end: number): Promise<number> {
  const isOld = (await read(3, 1))[0] === 2;
  const [headerBytes, sizeBytes] = isOld ? [6, 3] : [10, 4];
  let frames = 0;
  for (let at = 10; at + headerBytes < end && frames <= inputLimits.maxParts; frames += 1) {
    const header = await read(at, headerBytes);
    if (header.length < headerBytes || (header[0] ?? 0) < 0x30) break; // padding
    at += headerBytes + header.readUIntBE(sizeBytes, sizeBytes);
  }
  return frames;
}

/** The number in the footer of an APE tag, which may stand in front of an ID3v1 tag. */
async function apeItems(read: ReadBytes, sizeBytes: number): Promise<number> {
  for (const end of [sizeBytes, sizeBytes - 128]) {
    const footer = end < 32 ? Buffer.alloc(0) : await read(end - 32, 32);
    if (footer.length === 32 && footer.toString('latin1', 0, 8) === 'APETAGEX')
      return footer.readUInt32LE(16);
  }
  return 0;
}

/**
 * Chunks, or the texts in those that hold some. Where the sound has no length that is known, FFmpeg looks no further. RIFX has
 * the greatest byte of each size first, but in its texts.
 */
async function waveParts(read: ReadBytes, magic: string, sizeBytes: number): Promise<number> {
  let [chunks, texts] = [0, 0];
  for (let at = 12; at + 8 <= sizeBytes && Math.max(chunks, texts) <= inputLimits.maxParts; ) {
    const header = await read(at, 12);
    if (header.length < 8) break;
    if (isZero(header.subarray(0, 8))) {
      at += await zerosAt(read, at);
      continue;
    }
    const name = header.toString('latin1', 0, 4);
    let bytes = magic === 'RIFX' ? header.readUInt32BE(4) : header.readUInt32LE(4);
    if (name === 'data') {
      if (/64$/.test(magic)) bytes = await longSize(read);
      else if (bytes === 0 || bytes === UNKNOWN) break;
    }
    chunks += 1;
    const end = at + 8 + bytes;
    if (name === 'LIST' && header.toString('latin1', 8, 12) === 'INFO')
      texts += await infoTexts(read, at + 12, Math.min(end, sizeBytes));
    at = end + (bytes % 2);
  }
  return Math.max(chunks, texts);
}
const UNKNOWN = 0xffff_ffff;

async function infoTexts(read: ReadBytes, from: number, end: number): Promise<number> {
  let texts = 0;
  for (let at = from; at + 8 <= end && texts <= inputLimits.maxParts; texts += 1) {
    const header = await read(at, 8);
    if (header.length < 8) break;
    const bytes = header.readUInt32LE(4);
    at += 8 + bytes + (bytes % 2);
  }
  return texts;
}

/** Of the sound, in the first chunk of RF64 and BW64. */
async function longSize(read: ReadBytes): Promise<number> {
  const size = await read(28, 8);
  return size.length < 8 ? Number.POSITIVE_INFINITY : Number(size.readBigUInt64LE(0));
}

/** Room that was reserved, or silence: read as chunks, its zeros have neither name nor length. In whole chunks of them. */
async function zerosAt(read: ReadBytes, at: number): Promise<number> {
  const block = await read(at, ZEROS.length);
  // At the speed of memory: there may be gigabytes of it.
  const isAll = block.equals(ZEROS.subarray(0, block.length));
  const zeros = isAll ? block.length : block.findIndex((byte) => byte !== 0);
  return Math.max(8, zeros - (zeros % 8));
}
const ZEROS = Buffer.alloc(64 * 1024);
const isZero = (bytes: Buffer): boolean => bytes.every((byte) => byte === 0);

/** Extended Content Description (Microsoft, "ASF Specification" §3.11): its number of tags has 16 bits. */
const asfDescription = Buffer.from('40a4d0d207e3d21197f000a0c95ea850', 'hex');

function asfTags(start: Buffer): number {
  const at = start.indexOf(asfDescription);
  return at < 0 || at + 26 > start.length ? 0 : start.readUInt16LE(at + 24);
}

/** Elements of Matroska (RFC 9559) on the way to parts, and the parts: SimpleTag, ChapterAtom, AttachedFile. */
const masters = new Set([0x18538067, 0x1254c367, 0x7373, 0x1043a770, 0x45b9, 0x1941a469]);
const partIds = new Set([0x67c8, 0xb6, 0x61a7]);
/** Elements that are looked at: beyond are clusters of a long file, and its tags stand before or are few. */
const MAX_ELEMENTS = 15_000;

async function matroskaParts(read: ReadBytes, sizeBytes: number): Promise<number> {
  const counts = new Map<number, number>();
  let at = 0;
  for (let elements = 0; at < sizeBytes && elements < MAX_ELEMENTS; elements += 1) {
    const head = await read(at, 12);
    const id = vint(head, 0, false);
    const size = id && vint(head, id.bytes, true);
    if (id === undefined || size === undefined) break;
    const isPart = partIds.has(id.value);
    if (isPart) counts.set(id.value, (counts.get(id.value) ?? 0) + 1);
    at += id.bytes + size.bytes;
    // Into a master, over everything else. A size of nothing but ones is unknown: what follows is inside.
    if (!masters.has(id.value)) at += size.isUnknown ? 0 : size.value;
  }
  return Math.max(0, ...counts.values());
}
