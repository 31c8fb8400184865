/**
 * How long a job still takes, as a person should hear it. A guess that jumps about is worse than none: what was said
 * is not taken back upwards by more than a fifth, and a guess that has become worthless is not said at all.
 */

/** What is looked back on: long enough for a calm figure, short enough to notice that the machine has slowed down. */
const WINDOW_MS = 15_000;
/** Nothing is said about something that has only just begun. */
const SETTLE_MS = 1_500;
/** How far a figure may rise above the lowest that was shown. */
const LARGEST_RISE = 1.2;
/** Beyond so many times the ceiling the old figures were wrong, and holding on to them would be a lie. */
const WORTHLESS = 2;

/** The pace of something that is counted while it goes on: bytes of a transfer, the fraction of a conversion. */
export class Pace {
  readonly #samples: { readonly done: number; readonly atMs: number }[] = [];

  /** @param done never falls. @param atMs monotonic ms. */
  note(done: number, atMs = performance.now()): void {
    const samples = this.#samples;
    samples.push({ done, atMs });
    // The oldest that is kept lies just outside of the window.
    while (samples.length > 2 && atMs - (samples[1]?.atMs ?? atMs) >= WINDOW_MS) samples.shift();
  }

  /** Per second; null while it is too early to tell, and when nothing moves. */
  perSecond(): number | null {
    const [first] = this.#samples;
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.atMs - first.atMs < SETTLE_MS) return null;
    const perSecond = ((last.done - first.done) * 1000) / (last.atMs - first.atMs);
    return perSecond > 0 ? perSecond : null;
  }
}

/** What is said of a row of guesses. */
export class SteadySeconds {
  #lowest = Number.POSITIVE_INFINITY;

  /**
   * Answers what to say, to a tenth of a second: the guess, at most a fifth above the lowest that was said before; null
   * for no guess, and for one that makes nonsense of what was said.
   */
  say(seconds: number | null): number | null {
    if (seconds === null || !Number.isFinite(seconds)) return null;
    const ceiling = this.#lowest * LARGEST_RISE;
    if (seconds > ceiling * WORTHLESS) return null;
    const said = Math.floor(Math.max(0, Math.min(seconds, ceiling)) * 10) / 10;
    this.#lowest = Math.min(this.#lowest, said);
    return said;
  }
}
