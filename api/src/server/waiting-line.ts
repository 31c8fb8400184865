/**
 * Requests that wait to begin. Addresses take turns, since nobody can make one up; and of one address those callers take
 * turns who say that they are different ones, which need not be so.
 */
import { RoundRobin } from './round-robin.ts';

/** A request that may wait. */
export interface Waiting {
  begin(): void;
  /** There is no room: its connection ends. */
  drop(): void;
}

export class WaitingLine {
  /** Of each address as many as wait. */
  readonly #addresses = new RoundRobin<RoundRobin<Waiting>>();
  readonly #callers = new Map<string, RoundRobin<Waiting>>();
  readonly #most: number;

  /** @param most how many may wait. */
  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#addresses.size;
  }

  /** With one too many, whoever came last of the address that has most of them is dropped. */
  push(address: string, caller: string, request: Waiting): void {
    const callers = this.#callers.get(address) ?? new RoundRobin();
    this.#callers.set(address, callers);
    callers.push(caller, request);
    this.#addresses.push(address, callers);
    if (this.size <= this.#most) return;
    const longest = this.#addresses.dropLongest();
    const dropped = longest?.item.dropLongest();
    if (longest?.item.size === 0) this.#callers.delete(longest.name);
    dropped?.item.drop();
  }

  /** Whose turn it is; undefined when nobody waits. */
  shift(): Waiting | undefined {
    const next = this.#addresses.shift();
    const request = next?.item.shift();
    if (next?.item.size === 0) this.#callers.delete(next.name);
    return request?.item;
  }
}
