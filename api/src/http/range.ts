/** The Range header of a download. One range is served; anything else is refused, so that no answer multiplies. */
import { Failure } from '@wavefleet/contracts/failure.ts';

/** Both ends included, within the object. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * The range to ask S3 for, or undefined when there is none.
 * @throws Failure RANGE_INVALID for several ranges, other units, and ranges that lie outside `sizeBytes`.
 */
export function parseRange(header: string | undefined, sizeBytes: number): ByteRange | undefined {
  if (header === undefined) return undefined;
  const parts = /^bytes=(\d{0,16})-(\d{0,16})$/.exec(header.trim());
  const refused = new Failure('RANGE_INVALID', { detail: { sizeBytes } });
  if (parts === null) throw refused;
  const [, from = '', to = ''] = parts;
  const end = sizeBytes - 1;
  const range =
    from === ''
      ? { first: Math.max(0, sizeBytes - Number(to || 0)), last: end }
      : { first: Number(from), last: to === '' ? end : Math.min(Number(to), end) };
  if (range.first > range.last) throw refused;
  return range;
}
