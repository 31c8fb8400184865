/** Opus (RFC 7845) and Vorbis in Ogg (RFC 3533): one stream, whose pages are numbered and of which one is the last. */
import { type OggPage, readPage } from '../probing/ogg-page.ts';
import { OPUS_RATE } from '../probing/opus-packet.ts';
import type { ReadSound } from './read-sound.ts';

const LAST = 4;

/** Goes from page to page, which ffprobe does not. */
export async function readOgg(bytes: Buffer): Promise<ReadSound | undefined> {
  const head = readPage(bytes);
  if (head === undefined) return undefined;
  let last: OggPage = head;
  for (let at = head.bytes.length; at < bytes.length; at += last.bytes.length) {
    const page = readPage(bytes.subarray(at));
    if (page === undefined || page.serial !== head.serial || page.number !== last.number + 1)
      return undefined;
    last = page;
  }
  if ((last.bytes.readUInt8(5) & LAST) === 0) return undefined;
  const [first = Buffer.alloc(0)] = head.packets;
  const begins = (text: string): boolean => first.toString('latin1', 0, text.length) === text;
  if (begins('OpusHead')) {
    const samples = last.granule - first.readUInt16LE(10);
    return soundOf('opus', samples, OPUS_RATE, first.readUInt8(9));
  }
  if (!begins('\x01vorbis')) return undefined;
  return soundOf('vorbis', last.granule, first.readUInt32LE(12), first.readUInt8(11));
}

function soundOf(codec: string, samples: number, sampleRate: number, channels: number): ReadSound {
  return { codec, durationSeconds: samples / sampleRate, paddingSeconds: 0, sampleRate, channels };
}
