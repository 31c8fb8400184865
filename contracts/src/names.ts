/** Names that strangers give to files. */

/** Controls, and the marks that turn the direction of writing: with one of those `exe.3pm` is read as `mp3.exe`. */
export const unfitInNames = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** The name as it may be shown: without what would hide how it ends. */
export function shownName(name: string): string {
  return name.replace(unfitInNames, '');
}
