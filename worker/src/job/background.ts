/** What a worker still does for a job that holds no slot any more. */
import { setTimeout as sleep } from 'node:timers/promises';

/** What is under way when the worker ends has this long. */
const GRACE_MS = 3_000;

export class Background {
  readonly #running = new Set<Promise<void>>();
  readonly #over = new AbortController();
  readonly #log: (error: unknown) => void;

  /** @param onError told of what a task throws. */
  constructor(onError: (error: unknown) => void) {
    this.#log = onError;
  }

  /** Begins it at once. @param task gets a signal that is aborted when the worker cannot wait any longer. */
  run(task: (signal: AbortSignal) => Promise<unknown>): void {
    const running = task(this.#over.signal)
      .then(() => undefined, this.#log)
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Resolves when nothing is under way any more, or could not be finished in time. */
  async close(): Promise<void> {
    const all = Promise.all(this.#running);
    await Promise.race([all, sleep(GRACE_MS, undefined, { ref: false })]);
    this.#over.abort();
    await all;
  }
}
