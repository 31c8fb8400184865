/**
 * Which resamplers there are. SoX's is both cleaner and cheaper than FFmpeg's own at the same length, and keeps
 * sounds that are shorter than the filter; figures are in docs/audio.md.
 */
import { execa } from 'execa';

/** One of them, and how `aresample` is told to use it. */
export interface Resampler {
  readonly name: 'soxr' | 'swr';
  /** @param bits that have to stay clean: 20 for what a lossy encoder gets, 28 for what is kept. */
  readonly options: (bits: 20 | 28) => string[];
}

/** libsoxr, which FFmpeg of Debian, Alpine and most others has. */
export const soxr: Resampler = {
  name: 'soxr',
  options: (bits) => ['resampler=soxr', `precision=${bits}`],
};

/** FFmpeg's own with a filter long enough; its default lets through what lies 2 % above the new half rate at −14 dB. */
export const swr: Resampler = {
  name: 'swr',
  options: (bits) =>
    bits === 20
      ? ['filter_size=96', 'kaiser_beta=10', 'cutoff=0.96']
      : ['filter_size=192', 'kaiser_beta=12', 'cutoff=0.975'],
};

/**
 * FFmpeg's own with a filter whose slope is 4 kHz wide, half of it above the lower of the two half rates: for an encoder
 * that keeps nothing of where the slope is. Half the work of SoX's.
 */
export const gentle: Resampler = {
  name: 'swr',
  options: () => ['filter_size=64', 'kaiser_beta=9', 'cutoff=1'],
};
/** Half of the slope, in Hz. */
export const GENTLE_HZ = 2_000;

/** Tries it, once at start: an FFmpeg without libsoxr knows the option and then refuses to work. */
export async function findResampler(ffmpegBinary: string): Promise<Resampler> {
  const silence = ['-f', 's16le', '-ar', '44100', '-i', 'pipe:0'];
  const works = await execa(
    ffmpegBinary,
    ['-hide_banner', '-v', 'error', ...silence, '-af', 'aresample=48000:resampler=soxr', '-f', 'null', '-'],
    { input: Buffer.alloc(1_000), timeout: 30_000, reject: false },
  );
  return works.exitCode === 0 ? soxr : swr;
}
