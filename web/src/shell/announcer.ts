/**
 * What a screen reader is told. Ends and failures are all said, one after the other; progress is said now and then,
 * and only the latest: somebody has to listen to all of it.
 */
import { Store } from '../store.ts';

/** Time to read one sentence out before the next one replaces it. */
const SENTENCE_MS = 2_500;
/** Between two words on progress. */
const PROGRESS_MS = 10_000;

/** Puts one sentence after the other into `said`, each for as long as it takes to hear it. */
export class Announcer {
  readonly said = new Store('');
  readonly #now: () => number;
  readonly #later: (work: () => void, ms: number) => void;
  readonly #queue: string[] = [];
  #speaking = false;
  #lastProgress = Number.NEGATIVE_INFINITY;

  /** @param now a clock in ms. @param later runs something once after so many ms. */
  constructor(now: () => number, later: (work: () => void, ms: number) => void) {
    this.#now = now;
    this.#later = later;
  }

  /** Something that must not be missed. */
  say(sentence: string): void {
    this.#queue.push(sentence);
    if (!this.#speaking) this.#next();
  }

  /** Something that may be dropped when it comes too often or while something else is said. */
  mention(sentence: string): void {
    if (this.#speaking || this.#now() - this.#lastProgress < PROGRESS_MS) return;
    this.#lastProgress = this.#now();
    this.say(sentence);
  }

  #next(): void {
    const sentence = this.#queue.shift();
    this.#speaking = sentence !== undefined;
    if (sentence === undefined) return;
    // The same words again would not be read out: an invisible mark makes them new.
    this.said.set(sentence === this.said.value ? `${sentence}\u00a0` : sentence);
    this.#later(() => this.#next(), SENTENCE_MS);
  }
}
