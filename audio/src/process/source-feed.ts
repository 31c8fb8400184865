/** A source that is no file: it is written to FFmpeg's stdin as it comes, no faster than FFmpeg reads. */
import type { Writable } from 'node:stream';
import { litter } from '@wavefleet/platform/litter.ts';

export class SourceFeed {
  readonly #chunks: AsyncIterator<Buffer>;
  #next: Promise<IteratorResult<Buffer>> | undefined;
  #fedBytes = 0;
  #waitedMs = 0;
  #waitsSinceMs: number | undefined;
  #lastWaitMs = 0;

  /** @param chunks all of the source, in order. Ends with the signal of whoever makes them. */
  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Bytes of the source that were given so far. */
  get fedBytes(): number {
    return this.#fedBytes;
  }

  /** When it last had nothing to give, in `performance.now()`: who is kept waiting does not stall. */
  get lastWaitMs(): number {
    return this.#waitsSinceMs === undefined ? this.#lastWaitMs : performance.now();
  }

  /** How long it has had nothing to give, all together. */
  get waitedMs(): number {
    return this.#waitedMs + (this.#waitsSinceMs === undefined ? 0 : performance.now() - this.#waitsSinceMs);
  }

  /**
   * Writes the source up to its end, and ends `stdin`. Who reads no more is given no more: that is no error.
   * @throws what keeps it from having the source.
   */
  async into(stdin: Writable): Promise<void> {
    while (!stdin.destroyed) {
      const next = await unlessClosed(stdin, this.#wait());
      if (next === undefined) return;
      this.#next = undefined;
      if (next.done === true) {
        stdin.end();
        return;
      }
      this.#fedBytes += next.value.length;
      if (!stdin.write(next.value)) await drained(stdin);
      litter(next.value.length);
    }
  }

  /** Goes through what was not given to anybody. @throws as above. */
  async rest(): Promise<void> {
    for (;;) {
      const { done } = await this.#wait();
      this.#next = undefined;
      if (done === true) return;
    }
  }

  /** What was asked for already is not asked for again. */
  async #wait(): Promise<IteratorResult<Buffer>> {
    this.#next ??= this.#chunks.next();
    // Whether somebody still waits for it or not.
    this.#next.catch(() => undefined);
    this.#waitsSinceMs ??= performance.now();
    try {
      return await this.#next;
    } finally {
      this.#waitedMs = this.waitedMs;
      this.#lastWaitMs = performance.now();
      this.#waitsSinceMs = undefined;
    }
  }
}

/** Undefined once nobody reads there. Leaves no listener behind, which would add up over a long source. */
async function unlessClosed<T>(stdin: Writable, work: Promise<T>): Promise<T | undefined> {
  return await new Promise<T | undefined>((resolve, reject) => {
    const onClose = (): void => resolve(undefined);
    stdin.once('close', onClose);
    const isOver = (): void => void stdin.off('close', onClose);
    work.finally(isOver).then(resolve, reject);
  });
}

/** Until there is room again, or nobody reads any more. */
async function drained(stdin: Writable): Promise<void> {
  if (stdin.destroyed) return;
  await new Promise<void>((resolve) => {
    const isOver = (): void => {
      stdin.off('drain', isOver);
      stdin.off('close', isOver);
      resolve();
    };
    stdin.once('drain', isOver);
    stdin.once('close', isOver);
  });
}
