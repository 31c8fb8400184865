/** A source cut at its chapters, for jobs that make one file of each. */
import type { ProbedSource } from '../probing/source.ts';
import type { Chapter } from './chapters.ts';

/** One file to be made. */
export interface ChapterPart {
  /** Seconds of the source. */
  readonly startSeconds: number;
  /** Undefined for up to the end. */
  readonly endSeconds: number | undefined;
  /** Empty where the chapter has none. */
  readonly title: string;
}

/** What is shorter belongs to its neighbour: no player makes anything of it. */
const SHORTEST_SECONDS = 0.1;

/**
 * Parts that follow each other without a gap, so that nothing of the sound is left out: each begins where a chapter
 * does, and what comes before the first one is a part as well. One part when there are no chapters.
 * @param span what is wanted of the source, in seconds; `end` undefined for all of it.
 * @param declaredSeconds what the source says of its length; null when it says nothing.
 */
export function chapterParts(
  chapters: readonly Chapter[],
  span: { readonly start: number; readonly end: number | undefined },
  declaredSeconds: number | null,
): ChapterPart[] {
  const last = Math.min(span.end ?? Number.POSITIVE_INFINITY, declaredSeconds ?? Number.POSITIVE_INFINITY);
  const starts: { at: number; title: string }[] = [{ at: span.start, title: '' }];
  for (const { startSeconds, title } of chapters) {
    const former = starts.at(-1);
    if (former === undefined || startSeconds > last - SHORTEST_SECONDS) break;
    if (startSeconds - former.at >= SHORTEST_SECONDS) starts.push({ at: startSeconds, title });
    else former.title = title;
  }
  return starts.map(({ at, title }, index) => ({
    startSeconds: at,
    endSeconds: starts[index + 1]?.at ?? span.end,
    title,
  }));
}

/** The source as that of one part: its tags are the part's, and its chapters are none of the part's affair. */
export function sourceOfPart(
  source: ProbedSource,
  { title }: ChapterPart,
  number: number,
  of: number,
): ProbedSource {
  const { tags, tagValues = {} } = source.facts;
  const own = new Map(Object.entries(tags));
  const several = new Map(Object.entries(tagValues));
  const whole = own.get('title');
  if (whole !== undefined && !own.has('album')) own.set('album', whole);
  own.set('title', title || whole || `${number}`);
  own.set('track', `${number}/${of}`);
  for (const name of ['title', 'track']) several.delete(name);
  return {
    ...source,
    chapters: [],
    facts: { ...source.facts, tags: Object.fromEntries(own), tagValues: Object.fromEntries(several) },
  };
}
