/** FFmpeg's `-progress` output, parsed as it comes. */

/** One `-progress` block. */
export interface ProgressBlock {
  /** Seconds of output so far; null until the first packet. */
  readonly outTimeSeconds: number | null;
  /** Audio seconds per wall second; null while FFmpeg does not know. */
  readonly speed: number | null;
  /** Bytes of output so far; null while unknown. */
  readonly totalSizeBytes: number | null;
  /** True in the last block (`progress=end`). */
  readonly done: boolean;
}

/** Longer lines are not FFmpeg's; they are dropped so that a broken child cannot fill our memory. */
const MAX_LINE = 4_096;

/**
 * Parses FFmpeg's `-progress` output, cut into chunks anywhere. Reads `out_time_us`, because
 * `out_time_ms` holds microseconds too. Unknown keys and `N/A` are tolerated.
 */
export function makeProgressParser(onBlock: (block: ProgressBlock) => void): (chunk: string) => void {
  let rest = '';
  let fields = new Map<string, string>();
  return (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = (lines.pop() ?? '').slice(0, MAX_LINE);
    for (const line of lines) {
      const split = line.indexOf('=');
      if (split < 1) continue;
      const key = line.slice(0, split).trim();
      const value = line.slice(split + 1).trim();
      if (key !== 'progress') {
        if (fields.size < 64) fields.set(key, value);
        continue;
      }
      const microseconds = toNumber(fields.get('out_time_us'));
      onBlock({
        outTimeSeconds: microseconds === null ? null : microseconds / 1e6,
        speed: toNumber(fields.get('speed')?.replace(/x$/, '')),
        totalSizeBytes: toNumber(fields.get('total_size')),
        done: value === 'end',
      });
      fields = new Map();
    }
  };
}

/** Null for `N/A`, nothing, and negative values (FFmpeg shows those for a moment at a start offset). */
function toNumber(text: string | undefined): number | null {
  if (text === undefined || text === '') return null;
  const value = Number(text);
  return Number.isFinite(value) && value >= 0 ? value : null;
}
