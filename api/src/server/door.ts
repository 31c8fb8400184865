/**
 * When requests begin: one in each turn of the event loop, before anything is done for it. So a turn stays as short as one
 * request's work, however many come in one moment, and whoever waits for something in each turn waits little: the other
 * requests, whose every step takes one, and new connections, of which Node accepts one in a turn (libuv does since 1.45).
 * Without it a load balancer that asked whether this process lives stood behind all of them, for a second.
 */
import { type Waiting, WaitingLine } from './waiting-line.ts';

/** While connections come one after the other, one request begins for so many of them: behind them somebody may ask for liveness. */
const CONNECTIONS_FIRST = 8;
/** With 16 KiB of headers each, 32 MB. */
const MOST_WAITING = 2_000;

export class Door {
  readonly #waiting: WaitingLine;
  #hasBegun = false;
  /** Of this turn. */
  #hasConnected = false;
  /** Connections in a row, since one has begun. */
  #connections = 0;
  #isTurning = false;

  /** @param most how many may wait. Default: 2,000. */
  constructor(most = MOST_WAITING) {
    this.#waiting = new WaitingLine(most);
  }

  /** Requests that have not begun. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** There is one connection more. */
  connected(): void {
    this.#hasConnected = true;
    this.#turn();
  }

  /**
   * Begins at once, or in one of the next turns. Other addresses are not held up by many requests of one, nor are other
   * callers of one address.
   * @param from.address nobody can make one up. @param from.caller what tells callers apart without work; need not be true.
   * @param request neither `begin` nor `drop` may throw.
   */
  enter(from: { readonly address: string; readonly caller: string }, request: Waiting): void {
    this.#turn();
    if (this.#hasBegun || this.#hasConnected || this.#waiting.size > 0)
      this.#waiting.push(from.address, from.caller, request);
    else {
      this.#hasBegun = true;
      request.begin();
    }
  }

  /** The next turn, after whatever has come by then was heard. */
  #turn(): void {
    if (this.#isTurning) return;
    this.#isTurning = true;
    setImmediate(() => {
      this.#isTurning = false;
      this.#connections = this.#hasConnected ? this.#connections + 1 : 0;
      this.#hasConnected = false;
      this.#hasBegun = false;
      if (this.#connections % CONNECTIONS_FIRST !== 0) {
        if (this.#waiting.size > 0) this.#turn();
        return;
      }
      const request = this.#waiting.shift();
      if (request === undefined) return;
      this.#hasBegun = true;
      this.#turn();
      request.begin();
    });
  }
}
