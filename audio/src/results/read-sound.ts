/** What the readers of results have in common. */
import type { ReadBytes } from '../tags/values/tag-pair.ts';

/** The sound of a result. */
export interface ReadSound {
  /** As ffprobe names it. */
  readonly codec: string;
  /** Seconds that a gapless player plays. */
  readonly durationSeconds: number;
  /** How much longer than the sound that may be, in seconds. */
  readonly paddingSeconds: number;
  readonly sampleRate: number;
  readonly channels: number;
}

/** A file that is in memory, for those who read from files. */
export function readsOf(bytes: Buffer): ReadBytes {
  return async (at, length) => bytes.subarray(at, at + length);
}
