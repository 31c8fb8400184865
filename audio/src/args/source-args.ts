/** What every command that opens a source has in common: it may read this one file, and only what we know. */
import type { Allowlists } from '../allowlists.ts';
import { folderFiles } from '../folder-files.ts';

/** Nothing is asked of a terminal; errors alone are said. */
export const quiet = ['-nostdin', '-hide_banner', '-v', 'error'];

/** How far it is, four times a second, on file descriptor 3. */
export const withProgress = ['-nostats', '-progress', 'pipe:3', '-stats_period', '0.25'];

/** How a source comes: as a file of the folder, or on stdin. */
export type SourceWay = 'file' | 'pipe';

/** Wherever the bytes of a source are touched: this one only, no other file, and no network. */
export function sourceLimits(lists: Allowlists, way: SourceWay = 'file'): string[] {
  return [
    ...['-protocol_whitelist', way],
    ...['-format_whitelist', lists.demuxers.join(',')],
    // Pictures are decoded by no one; one of 12000² would cost 474 MB and 3 s.
    ...['-max_pixels', '25000000'],
    ...maxStreams,
  ];
}

/** No network, no playlist, no stdin. */
export const onlyThisFile = ['-protocol_whitelist', 'file'];
/** More are refused. */
export const maxStreams = ['-max_streams', '64'];

/**
 * Beside the tags' file FFmpeg 5 would read the source in a thread of its own, packet by packet, which costs 4 % of what an
 * MP3 does. Later versions have one in any case.
 */
export const withoutReader = ['-thread_queue_size', '0'];

/** The source itself. */
export const sourceInput = ['-i', `file:${folderFiles.input}`];
/** The same, as it comes. */
export const sourceInputBy = { file: sourceInput, pipe: ['-i', 'pipe:0'] } as const;
