import { useServices } from '../services.ts';
import { qualityLabel } from './quality-label.ts';

interface Asked {
  readonly format: string;
  readonly quality?: string | undefined;
}

/** What a conversion is called: `MP3, 192 kbit/s`. */
export function useConversionTitle({ format, quality }: Asked): string {
  const entry = useServices().catalogue.outputs[format];
  // A job that a newer version of the server took, and this one lists.
  if (entry === undefined) return format;
  const { label, quality: scale, lossless } = entry;
  return quality === undefined || lossless ? label : `${label}, ${qualityLabel(quality, scale)}`;
}
