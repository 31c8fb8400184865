/** The one loop of everything here that comes round again: never twice at once, jittered, and ended in order. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Round {
  /** Milliseconds from the end of one turn to the beginning of the next, on average: each is off by up to a quarter. */
  readonly everyMs: number;
  /** Milliseconds before the first turn. Default: as between two turns. */
  readonly firstMs?: number;
}

/** What a turn answers that wants the next one after a quarter of the time. */
export const SOON = Symbol('soon');

/**
 * Runs `turn` again and again. What it throws goes to `onError`, and the loop goes on. Does not keep a process alive.
 * @param turn gets a signal that is aborted when the loop shall end. May answer {@link SOON}.
 * @returns the function that ends the loop; it resolves when the turn under way is over.
 */
export function every(
  { everyMs, firstMs }: Round,
  turn: (signal: AbortSignal) => Promise<unknown>,
  onError: (error: unknown) => void,
): () => Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  const pause = (ms: number) => sleep(ms, undefined, { signal, ref: false }).catch(() => undefined);
  const jittered = () => everyMs * (0.75 + Math.random() / 2);
  const loop = async () => {
    await pause(firstMs ?? jittered());
    while (!signal.aborted) {
      const answer = await turn(signal).catch(onError);
      await pause(answer === SOON ? jittered() / 4 : jittered());
    }
  };
  const ended = loop();
  return async () => {
    over.abort();
    await ended;
  };
}
