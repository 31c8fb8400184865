/** Which sample rates the encoders take, in Hz, and which of them a result gets. */

/** The rates that an encoder takes: a list of them, or a rule. */
export type SampleRates =
  | { readonly sampleRates: readonly number[]; readonly takesSampleRate?: undefined }
  | { readonly sampleRates?: undefined; readonly takesSampleRate: (hz: number) => boolean };

/** MPEG-1, MPEG-2 and MPEG-2.5. */
export const mp3Rates = [8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000] as const;
/** ISO 14496-3, table of sampling frequencies. */
export const aacRates = [
  7350, 8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000,
] as const;
/** ATSC A/52. */
export const ac3Rates = [32000, 44100, 48000] as const;
/** ITU-T G.711: what telephones carry. */
export const phoneRates = [8000] as const;
/** Opus has one rate; everything is resampled to it. */
export const opusRates = [48000] as const;

/** For containers of PCM: whatever the source has. */
export function anyRate(): boolean {
  return true;
}

/** For encoders that take every rate up to a highest one. */
export function ratesUpTo(highest: number): (hz: number) => boolean {
  return (hz) => hz <= highest;
}

/** A FLAC frame header holds rates above 65,535 Hz in tens of Hz only. The highest was measured on FFmpeg 5.1.9. */
export function flacRate(hz: number): boolean {
  return hz <= 655_350 && (hz <= 65_535 || hz % 10 === 0);
}

/** Whether a codec is DSD: one bit a sample, at megahertz. FFmpeg makes floats of it, at an eighth of its rate. */
export function isDsd(codec: string): boolean {
  return codec.startsWith('dsd_');
}

/**
 * The rate in Hz that a result of a source has if its format takes it: the source's, but for DSD. There the rate of
 * FFmpeg's floats holds noise alone: DSD64 becomes 88.2 kHz, the faster ones 176.4 kHz.
 */
export function rateOfSource(source: {
  readonly codec?: string | undefined;
  readonly sampleRate: number;
}): number {
  if (!isDsd(source.codec ?? '')) return source.sampleRate;
  const family = source.sampleRate % 44_100 === 0 ? 44_100 : 48_000;
  return Math.min(source.sampleRate, source.sampleRate <= 8 * family ? 2 * family : 4 * family);
}

/** Rates to fall back to where an encoder has no list, the best first. */
const commonRates = [384_000, 352_800, 192_000, 176_400, 96_000, 88_200, 48_000, 44_100];

/**
 * The rate of the result: the source's if the encoder takes it; else the next higher one (nothing is
 * lost); else the highest that divides the source's (88.2 kHz becomes 44.1, not 48: simpler filter, and
 * what mastering engineers do); else the highest.
 */
export function chooseRate({ sampleRates, takesSampleRate }: SampleRates, sourceRate: number): number {
  const takes = takesSampleRate ?? ((hz: number) => sampleRates.includes(hz));
  if (takes(sourceRate)) return sourceRate;
  const rates = (sampleRates ?? commonRates).filter(takes);
  const higher = rates.filter((rate) => rate > sourceRate);
  if (higher.length > 0) return Math.min(...higher);
  const divisors = rates.filter((rate) => rate >= 44_100 && sourceRate % rate === 0);
  return Math.max(...(divisors.length > 0 ? divisors : rates));
}
