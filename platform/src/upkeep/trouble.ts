/** When the next pass comes after one that met trouble. */
import { ZodError } from 'zod';
import { SOON } from '../every.ts';

/** Whether the next job is likely to meet the same. A record that this version cannot read says nothing about others. */
export function isTrouble(error: unknown): boolean {
  return !(error instanceof ZodError);
}

/**
 * What a pass tried in vain belongs to it for some seconds: passes in between find nothing due, and yet the next one
 * shall come as soon as there is.
 */
export class Trouble {
  readonly #heldMs: number;
  #soonUntilMs = Number.NEGATIVE_INFINITY;

  /** @param heldMs for which a pass holds what it took. */
  constructor(heldMs: number) {
    this.#heldMs = heldMs;
  }

  /**
   * What a turn is to answer to `every`.
   * @param waiting what the pass tried in vain.
   * @param nowMs of `performance.now`. Default: now.
   */
  after(waiting: number, nowMs = performance.now()): typeof SOON | undefined {
    // Twice, since the pass that finds it again may itself be late.
    if (waiting > 0) this.#soonUntilMs = nowMs + 2 * this.#heldMs;
    return nowMs < this.#soonUntilMs ? SOON : undefined;
  }
}
