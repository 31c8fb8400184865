/**
 * From the quality that was asked for to the one that an encoder takes: the worker plans by it, and the page
 * foretells sizes by it.
 */
import type { QualityScale } from './output-format.ts';
import { type EncoderQuality, isFigure, type Quality, resolveOnScale } from './request.ts';

/**
 * What the encoder is asked for. Named steps are meant for stereo, so other channel counts get their share; figures
 * are taken as asked.
 */
export function askedQuality(
  scale: QualityScale,
  quality: Quality | undefined,
  channels: number,
): EncoderQuality {
  const resolved = resolveOnScale(scale, quality);
  if (!('kbps' in resolved) || isFigure(quality ?? 'medium')) return resolved;
  return { kbps: Math.round((resolved.kbps * channels) / 2) };
}

/** A quality that the encoder takes. */
export interface FittedQuality {
  readonly quality: EncoderQuality;
  /** How the asked-for bitrate had to change, if it had to. */
  readonly change: 'none' | 'reduced' | 'raised' | 'to-q';
}

/** Moves a quality to what the encoder has for this rate in Hz and number of channels. */
export function fitQuality(
  scale: QualityScale,
  quality: EncoderQuality,
  sampleRate: number,
  channels: number,
): FittedQuality {
  if (!('kbps' in quality)) return { quality, change: 'none' };
  const range = scale.bitrates(sampleRate, channels);
  if (range === undefined) {
    const nominal = scale.unit === 'q' ? scale.nominalKbps : [];
    return { quality: { q: nearest(nominal, (quality.kbps * 2) / channels) }, change: 'to-q' };
  }
  const [low, high] = range;
  const within = Math.min(high, Math.max(low, quality.kbps));
  const steps = scale.unit === 'kbps' ? (scale.nearestOf?.(sampleRate) ?? []) : [];
  const kbps = steps[nearest(steps, within)] ?? within;
  if (kbps === quality.kbps) return { quality, change: 'none' };
  return { quality: { kbps }, change: kbps < quality.kbps ? 'reduced' : 'raised' };
}

/** Index of the value that is nearest, the first of two; −1 where there is none. */
function nearest(values: readonly number[], wanted: number): number {
  const distances = values.map((value) => Math.abs(value - wanted));
  return distances.indexOf(Math.min(...distances));
}
