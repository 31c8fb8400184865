/** Which containers say when a sound is heard. */

/**
 * Matroska, WebM and the family of MP4 give each packet a time of its own, so a hole between two is silence. In AMR each
 * frame is 20 ms, also those that stand for a pause, of which FFmpeg's decoder makes nothing. FFmpeg makes up the times of
 * the others, from bitrates (MP3, ADTS, AC-3: up to 0.9 s off) or counts (Ogg, where a new link begins its own), and
 * silence put there would be wrong.
 * @param container ffprobe's `format_name`.
 */
export function hasRealTimes(container: string): boolean {
  return /(^|,)(matroska|webm|mov|mp4|amr)(,|$)/.test(container);
}

/**
 * Whether streams may follow each other in one file, as in Ogg. Looking for the end of the last one, FFmpeg meets a stream
 * that it has not seen begin, and complains as if it were damage: of such a file it may read on, and not seek.
 * @param container ffprobe's `format_name`.
 */
export function mayBeChain(container: string): boolean {
  return container === 'ogg';
}
