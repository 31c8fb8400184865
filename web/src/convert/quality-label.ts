/** Qualities in words. */
import { lameNominalKbps } from '@wavefleet/contracts/bitrates.ts';
import type { FormatName } from '@wavefleet/contracts/formats.ts';
import { plannedQuality } from '@wavefleet/contracts/output-size.ts';
import type { ConversionOptions, Quality } from '@wavefleet/contracts/request.ts';
import type { FileFacts } from './file-facts.ts';

const names = { low: 'Low', medium: 'Medium', high: 'High' } as const;

/** `192 kbit/s`, `quality 5`, `V2`, `high`: what was asked, and no more than that. */
export function qualityLabel(quality: string): string {
  if (Object.hasOwn(names, quality)) return quality;
  if (quality.startsWith('v')) return quality.toUpperCase();
  return quality.startsWith('q') ? `quality ${quality.slice(1)}` : `${quality.replace('k', '')} kbit/s`;
}

/**
 * What a quality comes to for these files: `High, 320 kbit/s`, and half of that for mono. A bitrate that depends on what
 * the browser could not find out is said for both.
 */
export function plannedLabel(
  quality: Quality,
  format: FormatName,
  options: ConversionOptions,
  files: readonly (FileFacts | undefined)[],
): string {
  if (quality.startsWith('v')) {
    const [kbps = 0] = lameNominalKbps.slice(Number(quality.slice(1)));
    return `${qualityLabel(quality)}, varying, about ${kbps} kbit/s in stereo`;
  }
  if (quality !== 'low' && quality !== 'medium' && quality !== 'high') return qualityLabel(quality);
  const ask = (channels: number, sampleRate: number) =>
    plannedQuality({ format, quality, options, channels, sampleRate }).quality;
  const stereo = ask(2, 44_100);
  if (stereo === undefined) return names[quality];
  if ('q' in stereo) return `${names[quality]}, quality ${stereo.q}`;
  const known = files.flatMap((facts) => (facts?.certain === true ? [facts] : []));
  const figures = known.map(({ channels, sampleRate }) => kbpsOf(ask(channels, sampleRate)));
  if (known.length < files.length) figures.push(kbpsOf(ask(1, 44_100)), kbpsOf(stereo));
  const [least, most] = [Math.min(...figures), Math.max(...figures)];
  if (least === most) return `${names[quality]}, ${most} kbit/s`;
  return known.length === 0
    ? `${names[quality]}, ${most} kbit/s in stereo, ${least} in mono`
    : `${names[quality]}, ${least} to ${most} kbit/s`;
}

function kbpsOf(quality: ReturnType<typeof plannedQuality>['quality']): number {
  return quality !== undefined && 'kbps' in quality ? quality.kbps : 0;
}
