/** The audio track that a user types, and the files that may have several. */
import { type TrackChoice, trackChoiceSchema } from '@wavefleet/contracts/tracks.ts';

/** The track of `2` or `eng`; undefined of an empty field; `invalid` of anything else. */
export function parseTrack(text: string): TrackChoice | undefined | 'invalid' {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  const parsed = trackChoiceSchema.safeParse(/^\d+$/.test(trimmed) ? Number(trimmed) : trimmed);
  return parsed.success ? parsed.data : 'invalid';
}

/** Endings of containers with room for several tracks. A track can be asked for all the same: this only saves a field. */
const severalTracks = /\.(mp4|m4v|mov|mkv|mka|mks|webm|avi|asf|wmv|m2?ts|mts|mpe?g|vob|3gp|flv|ogv)$/i;

/** Whether the name is one of a video, or of another file that may hold several tracks. */
export const mayHaveTracks = (name: string): boolean => severalTracks.test(name);
