import type { ProgressReport } from '@wavefleet/contracts/progress.ts';

/** Holds the newest message until it is taken: a slow reader skips what is outdated. `ended` is never skipped. */
export class Inbox {
  #message: ProgressReport | 'ended' | undefined;
  #wake: (() => void) | undefined;

  put(message: ProgressReport | 'ended'): void {
    if (this.#message !== 'ended') this.#message = message;
    this.#wake?.();
  }

  /** The newest message, or undefined when none came within `timeoutMs`. One taker at a time. */
  async take(timeoutMs: number): Promise<ProgressReport | 'ended' | undefined> {
    if (this.#message === undefined) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#wake = undefined;
    }
    const message = this.#message;
    this.#message = undefined;
    return message;
  }
}
