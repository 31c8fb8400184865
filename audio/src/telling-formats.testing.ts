/** For tests of inputs: which formats an input has to become for all to be known. */
import type { FormatName } from '@wavefleet/contracts/formats.ts';

const timed: readonly FormatName[] = ['m4a', 'opus', 'ogg'];
const untimed: readonly FormatName[] = ['mp3', 'flac', 'wav'];

/**
 * Of an input an encoder sees samples and their times, whatever the file was. So one format whose muxer keeps times and one
 * that counts by itself or has none tell of all; with each turn others of them, that no encoder is left out.
 * @param turn number of the input among those of its kind.
 */
export function tellingFormats(turn: number): FormatName[] {
  return [timed, untimed].flatMap((formats) => formats[turn % formats.length] ?? []);
}
