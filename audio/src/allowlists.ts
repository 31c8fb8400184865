/** What FFmpeg may open and decode. */
import { execa } from 'execa';

/** What the input flags `-format_whitelist` and `-codec_whitelist` are given. */
export interface Allowlists {
  readonly demuxers: readonly string[];
  readonly decoders: readonly string[];
}

/**
 * Demuxers a source may have. Absent on purpose: everything that opens other files or the network (hls,
 * dash, concat, sdp, rtsp, image2), generators (lavfi), programs in disguise (libopenmpt, libgme, swf),
 * pictures and text, what is only known by its file's name (raw PCM, G.722, aptX), and containers of single games,
 * for which nobody has asked. A name that this FFmpeg does not know is harmless.
 */
export const demuxers: readonly string[] =
  'aac,ac3,adx,aiff,amr,amrnb,amrwb,ape,asf,au,avi,caf,dsf,dts,dtshd,eac3,flac,flv,gsm,iff,ircam,loas,matroska,webm,mlp,mmf,mov,mp4,m4a,3gp,3g2,mj2,mp3,mpc,mpc8,mpeg,mpegts,nistsphere,ogg,oma,rm,shn,sln,sox,tak,truehd,tta,voc,w64,wav,wv,xwma'.split(
    ',',
  );

/**
 * Decoders that are not needed and not worth their risk: synthesisers (a few bytes of input make endless
 * sound) and FFmpeg's own experiments.
 */
const refusedDecoders = new Set(['wavesynth', 'sonic', 'comfortnoise']);

/**
 * Reads the audio decoders of this FFmpeg, once at start (a call costs 50 ms, so never per job). Read
 * rather than listed, because the names differ between 5.1 and 7.1 and an incomplete list would
 * silently refuse real files.
 */
export async function readAllowlists(ffmpegBinary: string): Promise<Allowlists> {
  const { stdout } = await execa(ffmpegBinary, ['-nostdin', '-hide_banner', '-v', 'error', '-decoders'], {
    stdin: 'ignore',
    timeout: 30_000,
  });
  return { demuxers, decoders: parseAudioDecoders(stdout) };
}

/** Picks the names of the lines like ` A....D flac   FLAC (Free Lossless Audio Codec)`. */
export function parseAudioDecoders(listing: string): string[] {
  return [...listing.matchAll(/^\s*A[F.][S.][X.][B.][D.]\s+([a-z0-9_.]+)\s/gim)]
    .map((match) => match[1] ?? '')
    .filter((name) => !refusedDecoders.has(name));
}
