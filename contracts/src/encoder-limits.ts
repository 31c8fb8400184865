/** What the encoders take: the worker plans by it, and the page foretells sizes by it. */
import type { FormatName } from './formats.ts';
import { type EncoderQuality, type Quality, resolveQuality } from './request.ts';

/** Total kbit/s that libvorbis takes by rate and channels, else it refuses to start. Measured on 1.3.7. */
const vorbisBands: readonly {
  /** Hz, exclusive. */
  readonly below: number;
  readonly mono: readonly [number, number];
  readonly stereo: readonly [number, number];
  readonly surround: readonly [number, number];
}[] = [
  { below: 9_000, mono: [8, 40], stereo: [12, 80], surround: [48, 250] },
  { below: 15_000, mono: [12, 48], stereo: [16, 96], surround: [80, 256] },
  { below: 19_000, mono: [16, 96], stereo: [24, 192], surround: [96, 500] },
  { below: 26_000, mono: [16, 80], stereo: [32, 160], surround: [96, 500] },
  { below: 40_000, mono: [32, 190], stereo: [40, 320], surround: [190, 500] },
  { below: 50_001, mono: [32, 240], stereo: [45, 500], surround: [96, 500] },
];

/** Nominal stereo kbit/s of Vorbis q0 to q10 at 44.1 kHz (libvorbis' own table). */
export const vorbisNominal = [64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 500];

/** The kbit/s (lowest, highest) that an encoder takes; undefined where libvorbis takes no bitrate at all. */
function bitrateRange(
  format: FormatName,
  sampleRate: number,
  channels: number,
): readonly [number, number] | undefined {
  switch (format) {
    case 'mp3':
      if (sampleRate >= 32_000) return [32, 320]; // MPEG-1
      return sampleRate >= 16_000 ? [8, 160] : [8, 64]; // MPEG-2, MPEG-2.5
    case 'aac':
    case 'm4a':
      // ISO 14496-3: at most 6144 bits per channel in a frame of 1024 samples.
      return [8, Math.floor((6 * sampleRate * channels) / 1000)];
    case 'opus':
    case 'webm':
      // libopusenc.c refuses more than 256 kbit/s per channel; 6 per channel is libopus' own floor.
      return [6 * channels, 256 * channels];
    case 'ogg': {
      const band = sampleRate < 8_000 ? undefined : vorbisBands.find((b) => sampleRate < b.below);
      if (band === undefined) return undefined;
      if (channels === 1) return band.mono;
      if (channels === 2) return band.stereo;
      if (channels === 6) return band.surround;
      return [band.mono[0] * channels, band.mono[1] * channels];
    }
    default:
      return undefined;
  }
}

/** What the encoder is asked for. Named steps are meant for stereo, so other channel counts get their share; figures are taken as asked. */
export function askedQuality(
  format: FormatName,
  quality: Quality | undefined,
  channels: number,
): EncoderQuality | undefined {
  const resolved = resolveQuality(format, quality);
  if (resolved === undefined || 'q' in resolved || isFigure(quality ?? 'medium')) return resolved;
  return { kbps: Math.round((resolved.kbps * channels) / 2) };
}

/** Whether a quality names a figure, and not one of the steps low, medium and high. */
export function isFigure(quality: Quality): boolean {
  return quality !== 'low' && quality !== 'medium' && quality !== 'high';
}

export interface FittedQuality {
  readonly quality: EncoderQuality;
  /** How the asked-for bitrate had to change, if it had to. */
  readonly change: 'none' | 'reduced' | 'raised' | 'to-q';
}

/** Moves a quality into the range that the encoder accepts for this rate and number of channels. */
export function fitQuality(
  format: FormatName,
  quality: EncoderQuality,
  sampleRate: number,
  channels: number,
): FittedQuality {
  if ('q' in quality) return { quality, change: 'none' };
  const range = bitrateRange(format, sampleRate, channels);
  if (range === undefined) {
    return { quality: { q: nearestVorbisQ((quality.kbps * 2) / channels) }, change: 'to-q' };
  }
  const [low, high] = range;
  if (quality.kbps > high) return { quality: { kbps: high }, change: 'reduced' };
  if (quality.kbps < low) return { quality: { kbps: low }, change: 'raised' };
  return { quality, change: 'none' };
}

function nearestVorbisQ(stereoKbps: number): number {
  const distances = vorbisNominal.map((nominal) => Math.abs(nominal - stereoKbps));
  return distances.indexOf(Math.min(...distances));
}

/** The highest rates in Hz that encoders take, where the catalogue lists no rates. Measured on 5.1.9. */
const highestRate: Partial<Record<FormatName, number>> = { ogg: 192_000, flac: 655_350, alac: 384_000 };

/** Rates to fall back to, the best first. */
const commonRates = [384_000, 352_800, 192_000, 176_400, 96_000, 88_200, 48_000, 44_100];

/** Whether the encoder takes this rate, in Hz. `listed` are the catalogue's rates, if it has any. */
function takesRate(format: FormatName, listed: readonly number[] | undefined, rate: number): boolean {
  if (listed !== undefined) return listed.includes(rate);
  if (rate > (highestRate[format] ?? Number.POSITIVE_INFINITY)) return false;
  // A FLAC frame header holds rates above 65,535 Hz in tens of Hz only.
  return format !== 'flac' || rate <= 65_535 || rate % 10 === 0;
}

/**
 * The rate of the result: the source's if the encoder takes it; else the next higher one (nothing is
 * lost); else the highest that divides the source's (88.2 kHz becomes 44.1, not 48: simpler filter, and
 * what mastering engineers do); else the highest.
 */
export function chooseRate(
  format: FormatName,
  listed: readonly number[] | undefined,
  sourceRate: number,
): number {
  if (takesRate(format, listed, sourceRate)) return sourceRate;
  const rates = (listed ?? commonRates).filter((rate) => takesRate(format, listed, rate));
  const higher = rates.filter((rate) => rate > sourceRate);
  if (higher.length > 0) return Math.min(...higher);
  const divisors = rates.filter((rate) => rate >= 44_100 && sourceRate % rate === 0);
  return Math.max(...(divisors.length > 0 ? divisors : rates));
}
