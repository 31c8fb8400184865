/** A probed source: what the plan of a conversion is made from. */
import type { InputFacts } from '@wavefleet/contracts/job.ts';
import type { Chapter } from '../tags/chapters.ts';

/** What probing found: the facts for the record, and what only the conversion needs. */
export interface ProbedSource {
  readonly facts: InputFacts;
  /** Index of the audio stream that is converted: the default one, else the first. */
  readonly audioStream: number;
  /** FFmpeg's name of the channel layout; undefined when the source names none. */
  readonly layout: string | undefined;
  /**
   * How many seconds the declared duration of an undamaged source may be off; Infinity when it is only an
   * estimate. A result outside of that means damage.
   */
  readonly durationSlackSeconds: number;
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
