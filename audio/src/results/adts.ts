/** AAC in ADTS: frames and nothing else. */
import { frameBytes } from '../probing/frames.ts';
import { adtsLength } from '../probing/output-length.ts';
import { aacRate } from './aac-rates.ts';
import type { ReadSound } from './read-sound.ts';

/** Of each frame's header: sync, layer, profile, rate and channels (ISO 13818-7 §6.2), without what differs. */
const SAME = 0xfff6fdc0;

export async function readAdts(bytes: Buffer): Promise<ReadSound | undefined> {
  const first = bytes.readInt32BE(0);
  const sampleRate = aacRate((first >>> 10) & 15);
  const channels = (first >>> 6) & 7;
  // 7 stands for 8 channels, 0 for what stands elsewhere.
  if (sampleRate === undefined || channels === 0 || channels === 7) return undefined;
  let [at, frames] = [0, 0];
  for (; at + 7 <= bytes.length; frames += 1) {
    const length = frameBytes('adts', bytes.subarray(at, at + 7));
    if (length === undefined || ((bytes.readInt32BE(at) ^ first) & SAME) !== 0) return undefined;
    at += length;
  }
  if (at !== bytes.length) return undefined;
  return { codec: 'aac', ...adtsLength(frames, sampleRate), sampleRate, channels };
}
