/** Chapters: where the parts of a book or a programme begin, and what they are called. */

/** One chapter, in seconds from the start of the sound. */
export interface Chapter {
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** Empty when it has none. */
  readonly title: string;
}

/** What of the source is converted, and how much faster it is played. */
export interface TimeChange {
  /** Seconds of the source that are left out at its start. */
  readonly startSeconds: number;
  /** Where the result ends, in seconds of the source; undefined for up to its end. */
  readonly endSeconds?: number | undefined;
  /** 2 is twice as fast. Default 1. */
  readonly speed?: number | undefined;
}

/** Chapters beyond are left out: no book has so many, and a comment's number has three figures. */
const MAX_CHAPTERS = 999;
const MAX_TITLE_LENGTH = 1_000;
/** What is left of a chapter by a cut that was meant to be at its edge. */
const SHORTEST_SECONDS = 0.001;

/** Chapters as a file has them, put in order: by their start, none reaching into the next. */
export function orderedChapters(chapters: readonly Chapter[]): Chapter[] {
  const inOrder = chapters
    .filter(({ startSeconds }) => startSeconds >= 0)
    .toSorted((a, b) => a.startSeconds - b.startSeconds)
    .slice(0, MAX_CHAPTERS);
  return inOrder.map(({ startSeconds, endSeconds, title }, index) => {
    const next = inOrder[index + 1]?.startSeconds ?? Number.POSITIVE_INFINITY;
    const end = Math.max(startSeconds, Math.min(endSeconds, next));
    return { startSeconds, endSeconds: end, title: title.slice(0, MAX_TITLE_LENGTH) };
  });
}

/** The chapters of the result: those that a cut leaves something of, moved by it and by the speed. */
export function movedChapters(
  chapters: readonly Chapter[],
  { startSeconds, endSeconds = Number.POSITIVE_INFINITY, speed = 1 }: TimeChange,
): Chapter[] {
  return chapters.flatMap((chapter) => {
    const start = Math.max(chapter.startSeconds, startSeconds);
    const end = Math.min(chapter.endSeconds, endSeconds);
    if (end - start < SHORTEST_SECONDS) return [];
    const moved = (seconds: number): number => (seconds - startSeconds) / speed;
    return [{ startSeconds: moved(start), endSeconds: moved(end), title: chapter.title }];
  });
}

/** Chapters as Vorbis comments (wiki.xiph.org, "Chapter Extension"): a time and a name each. */
export function chapterComments(chapters: readonly Chapter[]): [name: string, value: string][] {
  return chapters.flatMap(({ startSeconds, title }, index) => {
    const name = `CHAPTER${String(index + 1).padStart(3, '0')}`;
    const time: [string, string] = [name, clockTime(startSeconds)];
    return title === '' ? [time] : [time, [`${name}NAME`, title]];
  });
}

/** `HH:MM:SS.mmm` */
function clockTime(seconds: number): string {
  const ms = Math.round(seconds * 1000);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const fraction = String(ms % 1000).padStart(3, '0');
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}.${fraction}`;
}
