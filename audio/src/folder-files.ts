/** Names of the files in an attempt's folder. */
import { type FormatName, outputFormat } from '@wavefleet/contracts/formats.ts';

/**
 * What lies there before anything is encoded. Children run with that folder as cwd and see only such relative
 * names: none comes from a user, and relative names work after the uid was dropped even when a parent
 * directory (such as /root) cannot be traversed by that uid.
 */
export const folderFiles = {
  /** The source, as it was downloaded. */
  input: 'in',
  /** The picture that is to be the cover, if one was uploaded for that: hostile bytes, never decoded. */
  cover: 'cover',
} as const;

/** The files of one encode. No two encodes in a folder share one. */
export interface EncodeFiles {
  readonly result: string;
  /** Tags in ffmetadata form. */
  readonly tags: string;
  /** The picture as it lay in the source: hostile bytes, never decoded. */
  readonly cover: string;
  /** A FLAC file made by `flac-picture.ts`; it brings a picture of known dimensions to the muxers. */
  readonly carrier: string;
  /** The checksum of the decoded source, where that is to be made. */
  readonly md5: string;
  /** How the files begin that filters write their measurements to. */
  readonly levels: string;
}

/** @param name what all of them begin with: ours, never text of a user. */
export function encodeFiles(name: string, format: FormatName): EncodeFiles {
  return {
    result: `${name}.${outputFormat(format).extension}`,
    tags: `${name}.tags.txt`,
    cover: `${name}.cover`,
    carrier: `${name}.carrier.flac`,
    md5: `${name}.md5`,
    levels: `${name}.levels`,
  };
}
