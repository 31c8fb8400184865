/** The command that listens through a source to learn its shapes. */
import type { Allowlists } from '../allowlists.ts';
import { sourceInput, sourceLimits } from './source-args.ts';

/**
 * Decodes the sound and throws it away. At level `verbose` FFmpeg says which shape each graph of filters was built for,
 * and `astats` says with each one's end how many samples went through. See `shape/survey.ts`, which reads that.
 */
export function surveyArgs(audioStream: number, lists: Allowlists, threads: number): string[] {
  return [
    ...['-nostdin', '-hide_banner', '-v', 'verbose'],
    ...['-nostats', '-progress', 'pipe:3', '-stats_period', '0.25'],
    ...sourceLimits(lists),
    ...['-codec_whitelist', lists.decoders.join(',')],
    ...['-threads', String(threads)],
    ...['-vn', '-sn', '-dn'],
    ...sourceInput,
    ...['-map', `0:${audioStream}`],
    ...['-af', 'astats=measure_perchannel=none:measure_overall=Number_of_samples'],
    ...['-c:a', 'pcm_f32le', '-f', 'null', '-'],
  ];
}
