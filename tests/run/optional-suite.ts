/** Suites that need more than every machine has. `npm test` runs those that can run, and says why others did not. */

export interface Figures {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface OptionalSuite {
  readonly name: string;
  /** Why it cannot run here, in one sentence without a full stop; undefined when it can. */
  unavailable(): Promise<string | undefined>;
  run(): Promise<Figures>;
}
