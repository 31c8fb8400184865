/** What the user may ask of a file, and what that is called. */
import type { FormatName } from '@wavefleet/contracts/formats.ts';
import type { Catalogue } from '@wavefleet/contracts/http.ts';
import type { ConversionOptions, Quality } from '@wavefleet/contracts/request.ts';
import { qualityLabel } from './quality-label.ts';

/** One conversion of one file: a job once the server has it. */
export interface Conversion {
  readonly format: FormatName;
  readonly quality?: Quality | undefined;
  readonly options: ConversionOptions;
  /** Whether result and upload go once the result was downloaded. Default false. */
  readonly deleteAfterDownload?: boolean | undefined;
}

/** What a conversion is called: `MP3, 192 kbit/s`. A format that the catalogue does not have goes by its name. */
export function conversionTitle(
  { outputs }: Catalogue,
  { format, quality }: { readonly format: string; readonly quality?: string | undefined },
): string {
  const entry = outputs[format];
  // A job that a newer version of the server took, and this one lists.
  if (entry === undefined) return format;
  const { label, lossless } = entry;
  return quality === undefined || lossless ? label : `${label}, ${qualityLabel(quality)}`;
}
