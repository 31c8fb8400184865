/**
 * Requests that one connection sends ahead, without waiting for answers. Node reads them as fast as they come, each takes
 * some kilobytes until it is answered, and a megabyte holds twenty thousand: so one connection filled the memory of the
 * process before anybody was counted.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Browsers send none ahead, and what does sends a handful. */
const MOST_AHEAD = 32;

export class Pipelines {
  readonly #onDropped: (() => void) | undefined;
  /** Requests without their answer. */
  readonly #open = new WeakMap<Socket, number>();

  /** @param onDropped told of each connection that was closed. */
  constructor(onDropped?: () => void) {
    this.#onDropped = onDropped;
  }

  /** Answers false for a request that nobody shall look at: its connection has sent too many, and is gone. */
  admits({ socket }: Pick<IncomingMessage, 'socket'>, answer: Pick<ServerResponse, 'once'>): boolean {
    const open = (this.#open.get(socket) ?? 0) + 1;
    // What was read with the one that was too many still comes.
    if (socket.destroyed) return false;
    if (open > MOST_AHEAD) {
      socket.destroy();
      this.#onDropped?.();
      return false;
    }
    this.#open.set(socket, open);
    answer.once('finish', () => this.#open.set(socket, (this.#open.get(socket) ?? 1) - 1));
    return true;
  }
}
