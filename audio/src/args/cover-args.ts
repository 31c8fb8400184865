/** The command that takes a cover out of a source. */
import type { Allowlists } from '../allowlists.ts';
import { quiet, sourceInput, sourceLimits } from './source-args.ts';

/** FFmpeg's word for it, as it stands beside a picture that is one. */
export const FRONT_COVER = 'Cover (front)';

/**
 * Copies the attached picture out, byte for byte and undecoded.
 * @param file where to, within the folder.
 */
export function coverArgs(lists: Allowlists, pictureStream: number, file: string): string[] {
  return [
    ...quiet,
    '-y',
    ...sourceLimits(lists),
    ...['-codec_whitelist', lists.decoders.join(',')],
    ...sourceInput,
    ...['-map', `0:${pictureStream}`],
    ...['-c', 'copy'],
    ...['-frames:v', '1'],
    // The only muxer that writes a picture as it is without knowing its dimensions.
    ...['-f', 'image2pipe'],
    `file:${file}`,
  ];
}
