/** What this machine's FFmpeg is, and what it may open and decode. */
import { execa } from 'execa';
import { decoders, demuxers } from './allowed.ts';

/** What the input flags `-format_whitelist` and `-codec_whitelist` are given. */
export interface Allowlists {
  readonly demuxers: readonly string[];
  readonly decoders: readonly string[];
}

/** What ffprobe is given. */
export interface ProbeLists extends Allowlists {
  /**
   * Decoders of pictures and subtitles that this FFmpeg has, in our own build none. They may decode nothing; but ffprobe
   * gives up on a file where it may not even open one (`args/probe-args.ts`).
   */
  readonly pictureDecoders: { readonly video: readonly string[]; readonly subtitle: readonly string[] };
}

/** An FFmpeg, looked at once. */
export interface KnownFfmpeg {
  /** As it says it itself, like `7.1.5`. */
  readonly version: string;
  /** All that it says of itself: release, compiler, configuration, and the releases of its libraries. */
  readonly banner: string;
  readonly lists: ProbeLists;
}

/**
 * Read once at start (a call costs 50 ms, so never per job). Of the list of decoders those that this FFmpeg has: the names
 * differ between versions, and one that it does not know makes FFmpeg refuse to work.
 */
export async function lookAtFfmpeg(ffmpegBinary: string): Promise<KnownFfmpeg> {
  const { stdout, stderr } = await execa(ffmpegBinary, ['-nostdin', '-decoders'], {
    stdin: 'ignore',
    timeout: 30_000,
  });
  const present = decodersIn(stdout, 'A');
  return {
    version: /^ffmpeg version (\S+)/m.exec(stderr)?.[1] ?? 'unknown',
    banner: stderr,
    lists: {
      demuxers,
      decoders: decoders.filter((name) => present.includes(name)),
      pictureDecoders: { video: decodersIn(stdout, 'V'), subtitle: decodersIn(stdout, 'S') },
    },
  };
}

/** Picks the names of the lines like ` A....D flac   FLAC (Free Lossless Audio Codec)`. */
export function decodersIn(listing: string, kind: 'A' | 'V' | 'S'): string[] {
  const line = new RegExp(`^\\s*${kind}[F.][S.][X.][B.][D.]\\s+([a-z0-9_.]+)\\s`, 'gim');
  return [...listing.matchAll(line)].map((match) => match[1] ?? '');
}
