/**
 * A post: something that one process does for the fleet, such as sweeping. One holds it; one more stands by and tries at
 * every turn; all others look seldom (`FAR_LOOKS`), so that a thousand of them cost less than one call a second. A new
 * process looks at once: a post that fell vacant in a deployment is filled by it.
 */
import type { Duties } from '../jobs/duties.ts';

/** A holder that was not heard of for this many turns is gone. */
const TERM_TURNS = 3;
/** Turns between two looks of a process that neither holds it nor stands by, on average: 13 min of 10 s. */
const FAR_LOOKS = 80;
/** Turns until it looks again when the table did not answer: the post may be vacant. */
const NEAR_LOOKS = 4;

/** What there is to hold, by its duty; who stands by has the duty of that name with `-next`. */
type Held = 'sweep' | 'measure';

export class Post {
  readonly #duties: Pick<Duties, 'take' | 'leave'>;
  readonly #held: Held;
  readonly #turnMs: number;
  #place: 'holding' | 'standing by' | 'off duty' = 'off duty';
  /** Of `performance.now`: until then nobody else takes the post. */
  #mineUntilMs = 0;
  #lookAtMs = 0;

  /** @param turnMs time between two turns of its holder. */
  constructor(duties: Pick<Duties, 'take' | 'leave'>, held: Held, turnMs: number) {
    this.#duties = duties;
    this.#held = held;
    this.#turnMs = turnMs;
  }

  /** Whether this process holds it, by its own clock: what takes longer than its term has to stop. */
  get isMine(): boolean {
    return performance.now() < this.#mineUntilMs;
  }

  /** Once a turn: takes or keeps the post where that is possible. @throws SDK errors. */
  async take(): Promise<boolean> {
    if (this.#place === 'off duty' && !(await this.#standBy())) return false;
    const askedAtMs = performance.now();
    const termMs = TERM_TURNS * this.#turnMs;
    if (!(await this.#duties.take(this.#held, termMs))) {
      // Who lost it while it was frozen stands in line like everybody else.
      if (this.#place === 'holding') this.#goOffDuty(0);
      else await this.#standBy();
      return false;
    }
    this.#mineUntilMs = askedAtMs + termMs;
    if (this.#place === 'standing by') await this.#duties.leave(`${this.#held}-next`);
    this.#place = 'holding';
    return true;
  }

  /** The process ends: the next one need not wait. Never throws. */
  async leave(): Promise<void> {
    const place = this.#place;
    this.#goOffDuty(0);
    if (place === 'holding') await this.#duties.leave(this.#held);
    if (place === 'standing by') await this.#duties.leave(`${this.#held}-next`);
  }

  async #standBy(): Promise<boolean> {
    if (this.#place === 'off duty' && performance.now() < this.#lookAtMs) return false;
    this.#goOffDuty(NEAR_LOOKS);
    if (!(await this.#duties.take(`${this.#held}-next`, TERM_TURNS * this.#turnMs))) {
      this.#goOffDuty(FAR_LOOKS);
      return false;
    }
    this.#place = 'standing by';
    return true;
  }

  /** @param turns until it looks again, give or take a half, so that a thousand processes never look at once. */
  #goOffDuty(turns: number): void {
    this.#place = 'off duty';
    this.#mineUntilMs = 0;
    this.#lookAtMs = performance.now() + turns * this.#turnMs * (0.5 + Math.random());
  }
}
