/**
 * Names of the files in an attempt's folder. Children run with that folder as cwd and see only these
 * relative names: none comes from a user, and relative names work after the uid was dropped even when a
 * parent directory (such as /root) cannot be traversed by that uid.
 */
export const folderFiles = {
  input: 'in',
  /** The picture as it lay in the source: hostile bytes, never decoded. */
  cover: 'cover',
  /** A FLAC file made by `flac-picture.ts`; it brings a picture of known dimensions to the muxers. */
  carrier: 'carrier.flac',
  /** Tags in ffmetadata form. */
  tags: 'tags.txt',
} as const;

/** The name of the result; only the extension differs. */
export function outputFile(extension: string): string {
  return `out.${extension}`;
}
