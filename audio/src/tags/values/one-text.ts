/**
 * Several values of one tag on their way through FFmpeg, which carries one text for each name. The values travel as one
 * text with a mark between each two, as long as what the format has in that place; `split-values.ts` puts that there
 * once the file is written. So the file keeps its length, and nothing in it moves.
 */
import { MARK, VALUE_SEPARATOR } from '../separators.ts';
import { commentName } from './vorbis.ts';

/** Where a format holds several values of one tag; `none` for one that has them as one text. */
export type ValuesIn = 'flac' | 'ogg' | 'id3' | 'mp4' | 'none';

/** Length of a comment, which stands before its name. */
export const COMMENT_MARK = MARK.repeat(4);
/** Size, `data`, type and locale. */
export const DATA_MARK = MARK.repeat(16);

/** The name and the one text under which FFmpeg is to write these values. */
export function asOneText(name: string, values: readonly string[], where: ValuesIn): [string, string] {
  switch (where) {
    case 'flac':
    case 'ogg': {
      const native = commentName(name);
      return [native, values.join(`${COMMENT_MARK}${native}=`)];
    }
    case 'id3':
      return [name, values.join(MARK)];
    case 'mp4':
      return [name, values.join(DATA_MARK)];
    case 'none':
      return [name, values.join(VALUE_SEPARATOR)];
  }
}
