/** What a folder came to, in a few lines. */
import { isErrorCode } from '@wavefleet/contracts/error-codes.ts';
import type { Line } from './ledger.ts';

/** What must not happen to any file, whatever is in it. */
export interface Verdict {
  readonly hangs: number;
  readonly serverErrors: number;
  /** Codes that say nothing: of no table, or INTERNAL_ERROR. */
  readonly unknownCodes: number;
  readonly conversionFailed: number;
  readonly text: string;
}

/** Of a hundred files; what FFmpeg cannot explain should be rare. */
const MAX_UNEXPLAINED_SHARE = 0.002;

/** Whether a folder was dealt with as it should be. */
export const isWell = (
  { hangs, serverErrors, unknownCodes, conversionFailed }: Verdict,
  files: number,
): boolean => hangs + serverErrors + unknownCodes === 0 && conversionFailed <= files * MAX_UNEXPLAINED_SHARE;

export function summaryOf(all: readonly Line[]): Verdict {
  // A file that hung may have been sent again since.
  const lines = [...new Map(all.map((line) => [line.file, line])).values()];
  const of = (isIt: (line: Line) => boolean): number => lines.filter(isIt).length;
  const hangs = of(({ state }) => state === 'hang');
  const serverErrors = of(({ state }) => state === '5xx');
  const unknownCodes = of(({ state, code }) => state !== 'completed' && state !== 'hang' && !isTelling(code));
  const conversionFailed = of(({ code }) => code === 'CONVERSION_FAILED');
  const seconds = lines.map((line) => line.seconds).toSorted((a, b) => a - b);
  const peaks = lines.map(({ ffmpegPeakBytes }) => ffmpegPeakBytes ?? 0);
  const text = [
    `${lines.length} files: ${counted(lines.map(({ state }) => state))}`,
    `codes: ${counted(lines.flatMap(({ code }) => code ?? []))}`,
    `warnings: ${counted(lines.flatMap(({ warnings }) => warnings))}`,
    `seconds: median ${at(seconds, 0.5)}, 99 % ${at(seconds, 0.99)}, longest ${at(seconds, 1)}; largest FFmpeg ${Math.round(Math.max(0, ...peaks) / 1024 ** 2)} MB`,
    `hangs ${hangs}, 5xx ${serverErrors}, unknown codes ${unknownCodes}, CONVERSION_FAILED ${conversionFailed}`,
  ].join('\n');
  return { hangs, serverErrors, unknownCodes, conversionFailed, text };
}

const isTelling = (code: string | null): boolean =>
  code !== null && code !== 'INTERNAL_ERROR' && isErrorCode(code);

const at = (sorted: readonly number[], share: number): string =>
  (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(2);

/** `12 a, 3 b`, the most first. */
function counted(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const inOrder = [...counts].toSorted(([, a], [, b]) => b - a);
  return inOrder.length === 0 ? 'none' : inOrder.map(([word, count]) => `${count} ${word}`).join(', ');
}
