/** A probed source: what the plan of a conversion is made from. */
import type { InputFacts, Warning } from '@wavefleet/contracts/job.ts';
import type { Chapter } from '../tags/chapters.ts';
import type { SoundMd5 } from './flac-md5.ts';

/** What probing found: the facts for the record, and what only the conversion needs. */
export interface ProbedSource {
  readonly facts: InputFacts;
  /** Index of the audio stream that is converted; see `tracks.ts`. */
  readonly audioStream: number;
  /** The default track that was passed over, since it cannot be decoded. */
  readonly skippedTrack?: number | undefined;
  /** How many seconds the sound begins after the first picture or another track; 0 where it does not. */
  readonly lateSeconds: number;
  /** Whether its decoder gives floating-point samples, which may lie beyond full scale. Default: of lossy codecs. */
  readonly isFloat?: boolean;
  /** Whether some samples were found to be no sound; see `measuring/no-sound.ts`. Default: none were. */
  readonly hasNoSound?: boolean;
  /** FFmpeg's name of the channel layout; undefined when the source names none. */
  readonly layout: string | undefined;
  /**
   * How many seconds the declared duration of an undamaged source may be off; Infinity when it is only an
   * estimate. A result outside of that means damage.
   */
  readonly durationSlackSeconds: number;
  /** What the header promises in seconds, where the file is seen to hold less (`facts.durationSeconds`). */
  readonly promisedSeconds?: number | undefined;
  /** FFmpeg is not told where the sound ends, and takes its last packet for a damaged one. Default: it is. */
  readonly isOpenEnded?: boolean;
  /** What the user should know of the file, whatever becomes of it. */
  readonly notes?: readonly Warning[];
  /** What the decoded sound must come to; undefined where the file does not say. */
  readonly md5?: SoundMd5 | undefined;
  /** Index of the attached picture, if there is one that we can carry (JPEG or PNG). */
  readonly pictureStream: number | undefined;
  /** Of the audio stream, as a code such as `eng`; undefined when it is not known. */
  readonly language: string | undefined;
  /** In order, none reaching into the next; empty when there are none. */
  readonly chapters: readonly Chapter[];
}

/** Seconds that the source declares; null when it says nothing, or only what was estimated from its bitrate. */
export function declaredSeconds({
  facts,
  durationSlackSeconds,
}: Pick<ProbedSource, 'facts' | 'durationSlackSeconds'>): number | null {
  return Number.isFinite(durationSlackSeconds) && facts.durationSeconds !== 0 ? facts.durationSeconds : null;
}

/** Less than any codec needs for a second of sound (Codec 2 takes 88), and more than a lying header leaves. */
const LEAST_BYTES_PER_SECOND = 50;

/**
 * The declared seconds, when a file of this size can hold them: a header alone may say anything.
 * @param sizeBytes of the source.
 */
export function credibleSeconds(source: ProbedSource, sizeBytes: number): number | null {
  const seconds = source.facts.durationSeconds;
  return seconds !== null && sizeBytes / seconds >= LEAST_BYTES_PER_SECOND ? seconds : null;
}
