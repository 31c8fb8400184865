/** How large the results will be, for the panel. */

import { estimateOutputBytes } from '@wavefleet/contracts/output-size.ts';
import { bytes, counted } from '../text/amounts.ts';
import type { Conversion } from './conversion.ts';
import type { FileFacts } from './file-facts.ts';

/** How many bytes the results of one conversion will have together. */
export interface TotalEstimate {
  readonly bytes: number;
  /** Files whose size cannot be told yet. */
  readonly unknown: number;
  readonly exact: boolean;
  /** Whether some may be smaller, since the browser could not find out that they are mono. */
  readonly atMost: boolean;
}

/** One conversion of all these files together. */
export function estimateTotal(
  facts: readonly (FileFacts | undefined)[],
  { format, quality, options }: Conversion,
): TotalEstimate {
  let sum = 0;
  let unknown = 0;
  let exact = true;
  let atMost = false;
  for (const source of facts) {
    if (source === undefined) {
      unknown += 1;
      continue;
    }
    const estimate = estimateOutputBytes({ format, quality, options, ...source });
    sum += estimate.bytes;
    const asMono = { format, quality, options, ...source, channels: 1 };
    atMost ||= !source.certain && estimateOutputBytes(asMono).bytes < estimate.bytes;
    exact &&= source.certain && estimate.certainty === 'exact';
  }
  return { bytes: sum, unknown, exact, atMost };
}

/** `4.2 MB`, `about 4.2 MB`, `up to 4.2 MB`, `about 4.2 MB, plus 1 file of unknown length`, or what stands in the way. */
export function estimateText(estimate: TotalEstimate, files: number): string {
  if (estimate.unknown === files) return 'Size known once the file is read';
  const about = estimate.exact ? '' : estimate.atMost ? 'up to ' : 'about ';
  const size = `${about}${bytes(estimate.bytes)}`;
  return estimate.unknown === 0
    ? size
    : `${size}, plus ${counted(estimate.unknown, 'file')} of unknown length`;
}
