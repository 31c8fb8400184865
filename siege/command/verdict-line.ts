/** What is printed of one thing that was tried. */

/** Sentences of one verdict that are printed. */
const TOLD = 12;

/** What was tried, and what came of it. */
export interface Verdict {
  readonly id: string;
  readonly what: string;
  /** The word for one that did. */
  readonly held: 'held' | 'survived';
  /** Why not, a sentence each. */
  readonly shortfalls: readonly string[];
  /** What was measured meanwhile. */
  readonly figures: string;
  /** Where more can be read of one that fell short. */
  readonly seeAlso?: string;
}

/** One line, and one more for everything that fell short. */
export function verdictLine(
  { id, what, held, shortfalls, figures, seeAlso }: Verdict,
  idWidth: number,
): string {
  const line = (how: string) => `${id.padEnd(idWidth)} ${how.padEnd(10)} ${what} (${figures})`;
  if (shortfalls.length === 0) return line(held);
  const more = shortfalls.length > TOLD ? [`and ${shortfalls.length - TOLD} more`] : [];
  const told = [...shortfalls.slice(0, TOLD), ...more, ...(seeAlso === undefined ? [] : [seeAlso])];
  return [line('FELL SHORT'), ...told.map((sentence) => `       ${sentence}`)].join('\n');
}

/** `1.2 s`. */
export const inSeconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
