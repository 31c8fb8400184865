/**
 * Requests that one connection sends ahead, without waiting for answers, and answers that it does not take. Node reads
 * requests as fast as they come, each takes some kilobytes until it is answered, and a megabyte holds twenty thousand: so one
 * connection filled the memory of the process before anybody was counted. An answer that nobody takes stays in memory as a
 * whole; a handful of connections with 32 of them each did the same.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Browsers send none ahead, and what does sends a handful. */
const MOST_AHEAD = 32;
/** Of all connections together. A download stops at the 64 KiB or so that its reader has not taken. */
const MOST_UNREAD_BYTES = 96 * 1024 * 1024;

type Answer = Pick<ServerResponse, 'once' | 'writableLength'>;

export class Pipelines {
  readonly #onDropped: (() => void) | undefined;
  /** Answers that have not been handed to the system, by connection. */
  readonly #open = new Map<Socket, Set<Answer>>();

  /** @param onDropped told of each connection that was closed. */
  constructor(onDropped?: () => void) {
    this.#onDropped = onDropped;
  }

  /** Answers false for a request that nobody shall look at: its connection has sent too many, and is gone. */
  admits({ socket }: Pick<IncomingMessage, 'socket'>, answer: Answer): boolean {
    // What was read with the one that was too many still comes.
    if (socket.destroyed) return false;
    const open = this.#open.get(socket) ?? this.#begin(socket);
    if (open.size >= MOST_AHEAD) {
      this.#drop(socket);
      return false;
    }
    open.add(answer);
    answer.once('finish', () => open.delete(answer));
    return true;
  }

  /** Closes the connections that hold most of what nobody takes, until the process holds no more than it may. */
  cutUnread(): void {
    const held = [...this.#open].map(([socket, open]) => ({ socket, bytes: unreadOf(open) }));
    let sum = held.reduce((bytes, each) => bytes + each.bytes, 0);
    if (sum <= MOST_UNREAD_BYTES) return;
    for (const { socket, bytes } of held.sort((a, b) => b.bytes - a.bytes)) {
      if (sum <= MOST_UNREAD_BYTES) return;
      sum -= bytes;
      this.#drop(socket);
    }
  }

  #begin(socket: Socket): Set<Answer> {
    const open = new Set<Answer>();
    this.#open.set(socket, open);
    socket.once('close', () => this.#open.delete(socket));
    return open;
  }

  #drop(socket: Socket): void {
    socket.destroy();
    this.#onDropped?.();
  }
}

function unreadOf(open: ReadonlySet<Answer>): number {
  return [...open].reduce((bytes, { writableLength }) => bytes + writableLength, 0);
}
