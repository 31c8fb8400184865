/**
 * Files that were put behind each other (`cat a.wav b.wav`) where a container says how long it is: every player, and
 * FFmpeg, ends with the first one. MP3, ADTS, Ogg and the like go on, and need none of this.
 */
import type { FileHandle } from 'node:fs/promises';
import { chunksBetween } from '../tags/values/chunks.ts';
import { windowed } from '../tags/values/read-values.ts';
import type { ReadBytes } from '../tags/values/tag-pair.ts';
import { vint } from './vint.ts';

/** Parts of the first file that are looked at on the way to its end: a stream of a day has three for each second. */
const MAX_PARTS = 300_000;
/** The head of a fragment and that of its sound, which need not be read; or hundreds of tiny parts. */
const HEADS_BYTES = 4_096;

/** Whether another file of the same kind, or more sound, begins where the first one ends, by its own sizes. */
export async function hasSecondFile(file: FileHandle, start: Buffer, sizeBytes: number): Promise<boolean> {
  const read = windowed(file, HEADS_BYTES, MAX_PARTS);
  const magic = start.toString('latin1', 0, 4);
  if (magic === '\x1a\x45\xdf\xa3') return await hasSecondMatroska(read, sizeBytes);
  if (start.subarray(0, 16).equals(asfHeader)) return await hasSecondAsf(read, sizeBytes);
  if (start.toString('latin1', 4, 8) === 'ftyp') return await hasSecondMp4(read, sizeBytes);
  const order = { RIFF: 'LE', FORM: 'BE' } as const;
  if (magic !== 'RIFF' && magic !== 'FORM') return false;
  const kind = start.toString('latin1', 8, 11);
  // An AVI is made of several RIFFs.
  const soundName = soundNames.get(kind);
  if (soundName === undefined) return false;
  let sounds = 0;
  const isFileAt = async (at: number): Promise<boolean> => {
    const head = (await read(at, 12)).toString('latin1');
    return head.startsWith(magic) && head.startsWith(kind, 8);
  };
  for (const { name, from, to } of await chunksBetween(read, 12, sizeBytes, order[magic])) {
    // Some writers leave out the byte that fills an odd chunk up.
    const isOdd = (to - from) % 2 !== 0;
    if ((name === magic && (await isFileAt(from - 8))) || (isOdd && (await isFileAt(to)))) return true;
    if (name === soundName) sounds += 1;
  }
  // Two chunks of sound in one file: FFmpeg goes by the last one.
  return sounds > 1;
}

/** The chunk that has the sound, by kind of file. */
const soundNames: ReadonlyMap<string, string> = new Map([
  ['WAV', 'data'],
  ['AIF', 'SSND'],
]);

const EBML = 0x1a45dfa3;

async function hasSecondMatroska(read: ReadBytes, sizeBytes: number): Promise<boolean> {
  for (let at = 0, elements = 0; at < sizeBytes && elements < MAX_PARTS; elements += 1) {
    const head = await read(at, 12);
    const id = vint(head, 0, false);
    const size = id && vint(head, id.bytes, true);
    // Of a live stream nothing says where it ends.
    if (id === undefined || size === undefined || size.isUnknown) return false;
    if (id.value === EBML && at > 0) return true;
    at += id.bytes + size.bytes + size.value;
  }
  return false;
}

/**
 * Top-level boxes (ISO 14496-12 §4.2): a size of 1 has its real one behind the name, 0 is up to the end of the file. Streams
 * that were recorded by parts repeat their `moov`: as long as the fragments behind it are counted on, it is one recording.
 */
async function hasSecondMp4(read: ReadBytes, sizeBytes: number): Promise<boolean> {
  let [movies, hasSound] = [0, false];
  let lastFragment: number | undefined;
  for (let at = 0, boxes = 0; at + 8 <= sizeBytes && boxes < MAX_PARTS; boxes += 1) {
    const head = await read(at, FRAGMENT_HEAD_BYTES);
    if (head.length < 16) break;
    const short = head.readUInt32BE(0);
    const size = short === 1 ? Number(head.readBigUInt64BE(8)) : short;
    if (size < 8) break;
    const name = head.toString('latin1', 4, 8);
    if (name === 'moov' && at + size <= sizeBytes) movies += 1;
    const fragment = name === 'moof' ? fragmentNumber(head) : undefined;
    if (fragment !== undefined) {
      const goesOn = lastFragment === undefined ? !hasSound : fragment > lastFragment;
      if (movies > 1 && !goesOn) return true;
      movies = Math.min(movies, 1);
      lastFragment = fragment;
    }
    if (name === 'mdat') hasSound = true;
    at += size;
  }
  return movies > 1;
}

/** The head of a `moof` and the whole of the `mfhd` that it begins with (§8.8.5). */
const FRAGMENT_HEAD_BYTES = 24;

function fragmentNumber(head: Buffer): number | undefined {
  const isKnown = head.length === FRAGMENT_HEAD_BYTES && head.toString('latin1', 12, 16) === 'mfhd';
  return isKnown ? head.readUInt32BE(20) : undefined;
}

/** The names of the first object of a file, and the bytes that each object's name and size take. */
const asfHeader = Buffer.from('3026b2758e66cf11a6d900aa0062ce6c', 'hex');
const ASF_HEAD_BYTES = 24;

async function hasSecondAsf(read: ReadBytes, sizeBytes: number): Promise<boolean> {
  for (let at = 0, objects = 0; at < sizeBytes && objects < MAX_PARTS; objects += 1) {
    const head = await read(at, ASF_HEAD_BYTES);
    if (head.length < ASF_HEAD_BYTES) return false;
    if (at > 0 && head.subarray(0, 16).equals(asfHeader)) return true;
    const size = Number(head.readBigUInt64LE(16));
    if (size < ASF_HEAD_BYTES) return false;
    at += size;
  }
  return false;
}
