/**
 * What a screen reader is told. Ends and failures are all said, one after the other, and summed up where they come faster
 * than they can be heard; progress is said now and then, and only the latest: somebody has to listen to all of it.
 */
import { Store } from '../store.ts';
import { counted } from '../text/amounts.ts';

/** Time to read one sentence out before the next one replaces it. */
const SENTENCE_MS = 2_500;
/** Between two words on progress. */
const PROGRESS_MS = 10_000;

/** More ends than these are not said one by one: it would go on for minutes after the last of them. */
const MOST_ENDS = 3;

/** How a conversion has ended. */
type End = 'done' | 'failed';

/** Puts one sentence after the other into `said`, each for as long as it takes to hear it. */
export class Announcer {
  readonly said = new Store('');
  readonly #now: () => number;
  readonly #later: (work: () => void, ms: number) => void;
  #queue: { readonly sentence: string; readonly end?: End | undefined }[] = [];
  #speaking = false;
  #lastProgress = Number.NEGATIVE_INFINITY;

  /** @param now a clock in ms. @param later runs something once after so many ms. */
  constructor(now: () => number, later: (work: () => void, ms: number) => void) {
    this.#now = now;
    this.#later = later;
  }

  /** Something that must not be missed. @param end of a conversion, which may be said together with others. */
  say(sentence: string, end?: End): void {
    this.#queue.push({ sentence, end });
    if (!this.#speaking) this.#next();
  }

  /** Something that may be dropped when it comes too often or while something else is said. */
  mention(sentence: string): void {
    if (this.#speaking || this.#now() - this.#lastProgress < PROGRESS_MS) return;
    this.#lastProgress = this.#now();
    this.say(sentence);
  }

  #next(): void {
    const sentence = this.#summedUp() ?? this.#queue.shift()?.sentence;
    this.#speaking = sentence !== undefined;
    if (sentence === undefined) return;
    // The same words again would not be read out: an invisible mark makes them new.
    this.said.set(sentence === this.said.value ? `${sentence}\u00a0` : sentence);
    this.#later(() => this.#next(), SENTENCE_MS);
  }

  /** Takes the ends that wait out of the queue when they are too many. */
  #summedUp(): string | undefined {
    const ends = this.#queue.filter(({ end }) => end !== undefined);
    if (ends.length <= MOST_ENDS) return undefined;
    this.#queue = this.#queue.filter(({ end }) => end === undefined);
    const failed = ends.filter(({ end }) => end === 'failed').length;
    const done = `${counted(ends.length - failed, 'more conversion')} done`;
    return failed === 0 ? `${done}.` : `${done}, ${failed} failed.`;
  }
}
