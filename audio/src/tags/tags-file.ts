/** Tags and chapters in FFmpeg's ffmetadata form. */
import type { Chapter } from './chapters.ts';

/**
 * Renders tags as the text of such a file. A file, because tags are hostile text: on the command line they would
 * show in `ps`, meet length limits, and need a second kind of escaping.
 */
export function renderTags(
  tags: Iterable<readonly [name: string, value: string]>,
  {
    language,
    chapters = [],
  }: { readonly language?: string | undefined; readonly chapters?: readonly Chapter[] } = {},
): string {
  const lines = [...tags].map(([key, value]) => `${escapeTag(key)}=${escapeTag(value)}`);
  const stream = ['[STREAM]', ...(language === undefined ? [] : [`language=${escapeTag(language)}`])];
  return [';FFMETADATA1', ...lines, ...stream, ...chapters.flatMap(chapterLines), ''].join('\n');
}

function chapterLines({ startSeconds, endSeconds, title }: Chapter): string[] {
  const [start, end] = [startSeconds, endSeconds].map((seconds) => Math.round(seconds * 1000));
  return ['[CHAPTER]', 'TIMEBASE=1/1000', `START=${start}`, `END=${end}`, `title=${escapeTag(title)}`];
}

/** Backslash before what has a meaning. NUL would end the file; a CR alone is taken for a line end. */
function escapeTag(text: string): string {
  return text
    .replaceAll('\0', '')
    .replace(/\r\n?/g, '\n')
    .replace(/[=;#\\\n]/g, '\\$&');
}
