/**
 * What comes one by one and goes together, beside the work: the first at once, and what comes within a moment after that
 * with the next call. Where little happens nothing is later for it; where much happens there are few calls.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

export interface GatheringOptions<T> {
  /** Makes one call for all of them. Must not throw. */
  readonly send: (batch: readonly T[]) => Promise<void>;
  /** Of one call. */
  readonly batchSize: number;
  /** From the end of one call to the beginning of the next, unless that is full before. */
  readonly gapMs: number;
  /** More than these at a time are not taken, so that memory stays small. */
  readonly mostWaiting: number;
}

export class Gathering<T> {
  readonly #options: GatheringOptions<T>;
  /** The loop serves all: its lines must not carry the ids of the one that happened to begin it. */
  readonly #outside = AsyncLocalStorage.snapshot();
  #isClosing = false;
  #waiting: T[] = [];
  #loop: Promise<void> | undefined;
  /** Ends the pause. */
  #wake: () => void = () => undefined;

  constructor(options: GatheringOptions<T>) {
    this.#options = options;
  }

  /** Waits for nothing. False when too many wait: then it is not sent. */
  add(one: T): boolean {
    const { batchSize, mostWaiting } = this.#options;
    if (this.#waiting.length >= mostWaiting) return false;
    this.#waiting.push(one);
    this.#loop ??= this.#outside(() => this.#sendAll());
    if (this.#waiting.length === batchSize) this.#wake();
    return true;
  }

  /**
   * Resolves when all is sent; there are no pauses any more, also for what is added later.
   * @param graceMs after so long what waits is dropped, and a call under way is left alone. Default: there is no end.
   */
  async close(graceMs?: number): Promise<void> {
    this.#isClosing = true;
    this.#wake();
    if (graceMs === undefined) return await this.#loop;
    const over = sleep(graceMs, undefined, { ref: false }).then(() => {
      this.#waiting = [];
    });
    await Promise.race([this.#loop, over]);
  }

  async #sendAll(): Promise<void> {
    const { send, batchSize } = this.#options;
    while (this.#waiting.length > 0) {
      await send(this.#waiting.splice(0, batchSize));
      if (this.#waiting.length < batchSize) await this.#pause();
    }
    this.#loop = undefined;
  }

  async #pause(): Promise<void> {
    if (this.#isClosing) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#options.gapMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
