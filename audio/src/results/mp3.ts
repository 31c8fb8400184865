/** An MP3 of ours: perhaps an ID3 tag, the frame with the LAME header, and frames up to the end of the file. */
import { frameBytes, mp3Rate } from '../probing/frames.ts';
import { samplesOfFrame } from '../split/mp3/mp3-frame.ts';
import { readXing } from '../split/mp3/xing.ts';
import { id3End } from '../tags/values/id3.ts';
import { type ReadSound, readsOf } from './read-sound.ts';

/** Bits of a frame's header that are the same in all of them: sync, version, layer and checksum; rate; mono or not. */
const SAME = 0xffff0c00;

/** Goes from frame to frame, which ffprobe does not. */
export async function readMp3(bytes: Buffer): Promise<ReadSound | undefined> {
  const from = (await id3End(readsOf(bytes), 0)) ?? 0;
  const first = bytes.subarray(from, from + (frameBytes('mp3', bytes.subarray(from)) ?? 0));
  const header = readXing(first);
  const sampleRate = mp3Rate(first);
  if (header === undefined || sampleRate === undefined) return undefined;
  let frames = 0;
  let at = from + first.length;
  for (; at + 4 <= bytes.length; frames += 1) {
    const length = frameBytes('mp3', bytes.subarray(at, at + 4));
    if (length === undefined || ((bytes.readInt32BE(at) ^ first.readInt32BE(0)) & SAME) !== 0)
      return undefined;
    if (isMono(bytes, at) !== isMono(first, 0)) return undefined;
    at += length;
  }
  if (at !== bytes.length || frames !== header.frames) return undefined;
  const samples = frames * samplesOfFrame(sampleRate) - header.delay - header.padding;
  return {
    codec: 'mp3',
    durationSeconds: samples / sampleRate,
    paddingSeconds: 0,
    sampleRate,
    channels: isMono(first, 0) ? 1 : 2,
  };
}

/** Stereo may be joint in one frame and plain in the next; mono is all of them or none. */
function isMono(bytes: Buffer, frameAt: number): boolean {
  return bytes.readUInt8(frameAt + 3) >> 6 === 3;
}
