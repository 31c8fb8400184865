/** How large the results will be, for the panel. */

import { estimateOutputBytes } from '@wavefleet/contracts/output-size.ts';
import { bytes } from '../text/amounts.ts';
import type { Conversion } from './conversion.ts';
import type { FileFacts } from './file-facts.ts';

/** How many bytes the results of one conversion will have together. */
export interface TotalEstimate {
  readonly bytes: number;
  /** Files whose size cannot be told yet. */
  readonly unknown: number;
  readonly exact: boolean;
}

/** One conversion of all these files together. */
export function estimateTotal(
  facts: readonly (FileFacts | undefined)[],
  { format, quality, options }: Conversion,
): TotalEstimate {
  let sum = 0;
  let unknown = 0;
  let exact = true;
  for (const source of facts) {
    if (source === undefined) {
      unknown += 1;
      continue;
    }
    const estimate = estimateOutputBytes({ format, quality, options, ...source });
    sum += estimate.bytes;
    exact &&= source.certain && estimate.certainty === 'exact';
  }
  return { bytes: sum, unknown, exact };
}

/** `4.2 MB`, `about 4.2 MB`, `about 4.2 MB and 1 file of unknown length`, or what stands in the way. */
export function estimateText(estimate: TotalEstimate, files: number): string {
  if (estimate.unknown === files) return 'Size known once the file is read';
  const size = `${estimate.exact ? '' : 'about '}${bytes(estimate.bytes)}`;
  return estimate.unknown === 0 ? size : `${size}, plus ${estimate.unknown} of unknown length`;
}
