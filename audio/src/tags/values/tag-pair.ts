/** What the readers of this folder have in common: each knows one tag system, and all answer in pairs. */

/** One value of one tag. The name is FFmpeg's for it, in lower case, where FFmpeg has one. */
export type TagPair = readonly [name: string, value: string];

/** Reads bytes of the file, wherever they are; fewer at its end. */
export type ReadBytes = (at: number, length: number) => Promise<Buffer>;

/** Of one file; real ones have a few dozen. */
export const MAX_ITEMS = 2_000;
/** A longer text is none that has several values. */
export const MAX_TEXT_BYTES = 64 * 1024;

/** Texts that stand in one field with a NUL between each two. */
export function splitAtNul(text: string): string[] {
  return text
    .split('\0')
    .map((value) => value.replace(/^\uFEFF/, ''))
    .filter((value) => value !== '');
}
