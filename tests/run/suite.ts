/** What `npm test` knows of its parts, and the table that it shows of them at the end. */

/** A test that did not pass, or only at its second try. */
export interface Shortfall {
  readonly test: string;
  /** Why it failed, of the last time that it did. */
  readonly message: string;
  readonly atSecondTry: boolean;
}

/** How many tests ended how. */
export interface Figures {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** By name, for suites that know. Default: none. */
  readonly shortfalls?: readonly Shortfall[];
}

/** Of a message: what was expected, and where. */
const SHOWN_LINES = 8;

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

export function inWords({ passed, failed, skipped, shortfalls = [] }: Figures): string {
  const again = shortfalls.filter(({ atSecondTry }) => atSecondTry).length;
  return `${passed} passed${again > 0 ? ` (${again} at a second try)` : ''}, ${failed} failed, ${skipped} skipped`;
}

/** Every test that fell short, with why; the output of thousands of tests is too long to look for them. Empty: none did. */
export function shortfallsOf(outcomes: readonly Outcome[]): string {
  return (sumOf(outcomes).shortfalls ?? [])
    .map(({ test, message, atSecondTry }) => {
      const lines = message.split('\n').filter((line) => !line.includes('/node_modules/'));
      const why = lines.slice(0, SHOWN_LINES).join('\n    ');
      return `${atSecondTry ? 'Passed at a second try' : 'Failed'}: ${test}\n    ${why}\n`;
    })
    .join('');
}

export function sumOf(outcomes: readonly Outcome[]): Figures {
  const sum = (pick: (figures: Figures) => number) =>
    outcomes.reduce((total, { figures }) => total + (figures === undefined ? 0 : pick(figures)), 0);
  return {
    passed: sum(({ passed }) => passed),
    failed: sum(({ failed }) => failed),
    skipped: sum(({ skipped }) => skipped),
    shortfalls: outcomes.flatMap(({ figures }) => figures?.shortfalls ?? []),
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
