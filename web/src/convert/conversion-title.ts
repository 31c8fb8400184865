import type { Conversion } from '@wavefleet/client/jobs.ts';
import { useServices } from '../services.ts';
import { qualityLabel } from './quality-label.ts';

/** What a conversion is called: `MP3, 192 kbit/s`. */
export function useConversionTitle({ format, quality }: Pick<Conversion, 'format' | 'quality'>): string {
  const { label, quality: scale, lossless } = useServices().catalogue.outputs[format];
  return quality === undefined || lossless ? label : `${label}, ${qualityLabel(quality, scale)}`;
}
