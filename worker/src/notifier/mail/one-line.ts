/** Texts of strangers made fit for one line of an e-mail, and for HTML. */

/**
 * Controls, breaks of lines and paragraphs, what has no width, and what turns the direction of writing. What joins emoji and
 * letters stays.
 */
const UNFIT =
  /[\p{Cc}\p{Zl}\p{Zp}\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;
/** Letters with hundreds of accents are one character each. */
const LONGEST_GRAPHEME = 16;

/** @param most characters, as people count them; what is more is left out in the middle, where names differ least. */
export function oneLine(text: string, most: number): string {
  // What people see as one character. Made here: ICU's rules take 10 ms to load, which no start shall wait for.
  const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });
  const clean = text.toWellFormed().replace(UNFIT, ' ').replace(/\s+/gu, ' ').trim();
  const parts = [...graphemes.segment(clean.slice(0, 20 * most))].map(({ segment }) =>
    segment.slice(0, LONGEST_GRAPHEME).toWellFormed(),
  );
  if (parts.length <= most && clean.length <= 20 * most) return parts.join('') || 'a file';
  const tail = [...graphemes.segment(clean.slice(-16))].map(({ segment }) => segment).slice(-10);
  return `${parts.slice(0, most - tail.length - 1).join('')}…${tail.join('').toWellFormed()}`;
}

/** For text between tags. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** For a value between double quotes. */
export function inAttribute(text: string): string {
  return escapeHtml(text).replaceAll('"', '&quot;');
}
