/**
 * A job whose worker has died runs alone in its process: should it be what kills, it takes no other job along, and none
 * of them is charged for it.
 */
import { EventEmitter, once } from 'node:events';
import type { Gate } from './gate.ts';

export class Solitude implements Gate {
  readonly #changes = new EventEmitter().setMaxListeners(0);
  /** Jobs that run or are about to. */
  #jobs = 0;
  /** Somebody wants to be alone, or is. */
  #isTaken = false;

  /** Whether a job may begin beside what runs. */
  get isOpen(): boolean {
    return !this.#isTaken;
  }

  /** Resolves at once while nobody is or wants to be alone, else when that is over. @throws the signal's AbortError. */
  async untilOpen(signal: AbortSignal): Promise<void> {
    while (this.#isTaken) await once(this.#changes, 'change', { signal });
  }

  /** What is done meanwhile is company. */
  async among<T>(work: () => Promise<T>): Promise<T> {
    this.#jobs += 1;
    try {
      return await work();
    } finally {
      this.#jobs -= 1;
      this.#changes.emit('change');
    }
  }

  /**
   * Lets nobody else begin from now on, and resolves when nobody is left. Answers the function that ends it; undefined
   * when somebody else has asked before.
   * @throws the signal's AbortError; then it has ended.
   */
  async take(signal: AbortSignal): Promise<(() => void) | undefined> {
    if (this.#isTaken) return undefined;
    this.#isTaken = true;
    const end = () => {
      this.#isTaken = false;
      this.#changes.emit('change');
    };
    try {
      while (this.#jobs > 0) await once(this.#changes, 'change', { signal });
      // What ends the wait may have ended the others before: then nothing is begun for their going.
      signal.throwIfAborted();
      return end;
    } catch (error) {
      end();
      throw error;
    }
  }
}
