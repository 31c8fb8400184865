/**
 * Which sources FFmpeg reads from a pipe as it reads them from a file. The one table of it; `piped-formats.test.ts` makes
 * each both ways and compares what comes out. Results are files throughout: why, `docs/decisions/019-streamed-sources.md` says.
 */
import type { InputFacts } from '@wavefleet/contracts/job.ts';

/**
 * By ffprobe's name of the container, the codecs in it. What is not here stays a file:
 *
 * - MP4 and M4A: with their index behind the sound FFmpeg finds none of it.
 * - MP3: FFmpeg does not cut off the silence at the end, which LAME's header tells (191 samples and more).
 * - CAF with ALAC or AAC: the table of packets stands behind the sound.
 * - Matroska and WebM: the sound is the same, but tags, chapters and a second file lie anywhere between it.
 * - WavPack and WMA: what the end of the file says cannot be seen in time.
 * - All else: nobody has compared it.
 */
const pipedInputs: ReadonlyMap<string, RegExp> = new Map([
  ['wav', /^pcm_/],
  ['w64', /^pcm_/],
  ['aiff', /^pcm_/],
  ['caf', /^pcm_/],
  ['flac', /^flac$/],
  ['ogg', /^(vorbis|opus|flac)$/],
  ['aac', /^aac$/],
]);

/** Whether the samples are the same from a pipe. */
export function canReadPiped({ container, codec }: Pick<InputFacts, 'container' | 'codec'>): boolean {
  return pipedInputs.get(container)?.test(codec) ?? false;
}
