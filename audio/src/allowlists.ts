/** What this machine's FFmpeg may open and decode. */
import { execa } from 'execa';
import { decoders, demuxers } from './allowed.ts';

/** What the input flags `-format_whitelist` and `-codec_whitelist` are given. */
export interface Allowlists {
  readonly demuxers: readonly string[];
  readonly decoders: readonly string[];
}

/**
 * The decoders of the list that this FFmpeg has, read once at start (a call costs 50 ms, so never per job): the names
 * differ between versions, and one that it does not know makes FFmpeg refuse to work.
 */
export async function readAllowlists(ffmpegBinary: string): Promise<Allowlists> {
  const { stdout } = await execa(ffmpegBinary, ['-nostdin', '-hide_banner', '-v', 'error', '-decoders'], {
    stdin: 'ignore',
    timeout: 30_000,
  });
  const present = new Set(parseAudioDecoders(stdout));
  return { demuxers, decoders: decoders.filter((name) => present.has(name)) };
}

/** Picks the names of the lines like ` A....D flac   FLAC (Free Lossless Audio Codec)`. */
export function parseAudioDecoders(listing: string): string[] {
  return [...listing.matchAll(/^\s*A[F.][S.][X.][B.][D.]\s+([a-z0-9_.]+)\s/gim)].map(
    (match) => match[1] ?? '',
  );
}
