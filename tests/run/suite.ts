/** What `npm test` knows of its parts, and the table that it shows of them at the end. */

/** How many tests ended how. */
export interface Figures {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** A suite that needs more than every machine has. `npm test` runs those that can run, and says why others did not. */
export interface OptionalSuite {
  readonly name: string;
  /** Why it cannot run here, in one sentence without a full stop; undefined when it can. */
  unavailable(): Promise<string | undefined>;
  run(): Promise<Figures>;
}

/** A part that is over, or was not run. */
export interface Outcome {
  readonly name: string;
  readonly seconds: number;
  /** Undefined: it counts no tests, or broke down before it could. */
  readonly figures?: Figures | undefined;
  /** What went wrong besides tests that failed, or why it was not run. */
  readonly note?: string | undefined;
}

export const inWords = ({ passed, failed, skipped }: Figures): string =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;

export function sumOf(outcomes: readonly Outcome[]): Figures {
  const sum = (pick: (figures: Figures) => number) =>
    outcomes.reduce((total, { figures }) => total + (figures === undefined ? 0 : pick(figures)), 0);
  return {
    passed: sum(({ passed }) => passed),
    failed: sum(({ failed }) => failed),
    skipped: sum(({ skipped }) => skipped),
  };
}

/**
 * A line per part and one for all of them: how long it took and how its tests went.
 * @param seconds that all of it took: less than the sum, since some parts share their time.
 */
export function tableOf(outcomes: readonly Outcome[], seconds: number): string {
  const rows: readonly Outcome[] = [...outcomes, { name: 'all', seconds, figures: sumOf(outcomes) }];
  const width = Math.max(...rows.map(({ name }) => name.length));
  return rows
    .map(({ name, seconds, figures, note }) => {
      const told = [figures === undefined ? undefined : inWords(figures), note].filter(Boolean).join('; ');
      return `${name.padEnd(width)}  ${seconds.toFixed(0).padStart(5)} s  ${told}`.trimEnd();
    })
    .join('\n');
}
