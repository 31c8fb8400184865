/** What stands between the values of a tag that has several. */

/** Where they are one text for good. */
export const VALUE_SEPARATOR = '; ';

/** On their way through FFmpeg: a record separator, which is left out of all text that comes in. */
export const MARK = '\u001e';

/** A text without what has a meaning to us or would end it. */
export function textOnly(text: string): string {
  return text.replaceAll('\0', '').replaceAll(MARK, '');
}
