/** A fault that a fleet must survive, in words and as what is done. */
import type { Expected } from '../oracle/expected.ts';
import type { Rig, RigOptions } from '../rig/rig.ts';

export interface FaultCase {
  /** As `npm run faults -- ID` takes it. */
  readonly id: string;
  /** What breaks, in a few words. */
  readonly breaks: string;
  /** What who uses the service sees of it. */
  readonly seen: string;
  /** How it is brought about here. */
  readonly how: string;
  /** One of those that `npm test` runs as well. */
  readonly quick?: boolean;
  /** Settings on top of those that all rigs have. Then it gets a rig that no other case has. */
  readonly env?: NonNullable<RigOptions['env']>;
  /** Why it cannot run on this machine; undefined when it can. */
  readonly unavailable?: () => string | undefined;
  /**
   * Breaks things and mends them again; resolves with what must have become of the jobs, before they need have ended.
   * @throws when the fault did not come about, or something fell short that no record shows.
   */
  readonly run: (rig: Rig) => Promise<Expected>;
}

/** @throws with that sentence. */
export function require(holds: boolean, sentence: string): void {
  if (!holds) throw new Error(sentence);
}
