/** Qualities in words. */

import type { Catalogue } from '@wavefleet/contracts/http.ts';

type Scale = Catalogue['outputs'][string]['quality'];

const names: Record<string, string> = { low: 'Low', medium: 'Medium', high: 'High' };

/** `192 kbit/s`, `quality 5`, `High, 320 kbit/s`. */
export function qualityLabel(quality: string, scale: Scale): string {
  const name = names[quality];
  if (name !== undefined) {
    if (scale === undefined) return name;
    const value = quality === 'low' ? scale.low : quality === 'high' ? scale.high : scale.medium;
    return `${name}, ${scale.unit === 'q' ? `quality ${value}` : `${value} kbit/s`}`;
  }
  return quality.startsWith('q') ? `quality ${quality.slice(1)}` : `${quality.replace('k', '')} kbit/s`;
}
