/**
 * Holds back who wants to receive while a service that every job needs is not well: a job that is received then can only
 * be put off again. One prober a process looks when it is; then everybody goes on, each at a moment of its own.
 */
import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Breaker } from '@wavefleet/platform/aws/breaker.ts';
import type { Log } from '@wavefleet/platform/log/log.ts';
import type { Gate } from './gate.ts';

/** A service that every job needs. */
export interface Need {
  readonly breaker: Breaker;
  /** A cheap call by a client behind that breaker; throws when the service is not well. */
  readonly probe: (signal: AbortSignal) => Promise<unknown>;
}

/** Between two rounds of probes, of one call a service: at most two calls a second in all. */
const ROUND_MS = { from: 1_000, to: 1_500 };
const PROBE_TIMEOUT_MS = 3_000;
/** Slots and processes that waited together do not come back together. */
const RETURN_WITHIN_MS = 2_000;

export class DependencyGate implements Gate {
  readonly #needs: readonly Need[];
  readonly #log: Log;
  readonly #onChange: () => void;
  readonly #over = new AbortController();
  readonly #events = new EventEmitter().setMaxListeners(0);
  /** Not known to be well. */
  #doubted = new Set<Need>();
  /** Found not to be well. */
  #down = new Set<Need>();
  #probing: Promise<void> | undefined;

  /** @param onChange called when services go down or are all back. */
  constructor(needs: readonly Need[], log: Log, onChange: () => void) {
    this.#needs = needs;
    this.#log = log;
    this.#onChange = onChange;
    for (const need of needs) need.breaker.onOpen(() => this.#doubt([need]));
  }

  /** Services that do not answer; none while jobs are received. */
  get waitingFor(): string[] {
    return [...this.#down].map(({ breaker }) => breaker.service);
  }

  /** Whether a job may begin. */
  get isOpen(): boolean {
    return this.#doubted.size === 0 && this.#needs.every(({ breaker }) => breaker.state() === 'closed');
  }

  /** Something failed that may be a service's trouble: nothing is received before all have been asked. */
  suspect(): void {
    this.#doubt(this.#needs);
  }

  /** Resolves at once while all is well, else when it is again. @throws the signal's AbortError. */
  async untilOpen(signal: AbortSignal): Promise<void> {
    while (!this.isOpen) {
      const waited = this.#down.size > 0;
      this.#doubt(this.#needs.filter(({ breaker }) => breaker.state() !== 'closed'));
      if (!this.isOpen) await once(this.#events, 'well', { signal });
      if (waited) await sleep(Math.random() * RETURN_WITHIN_MS, undefined, { signal });
    }
  }

  /** Ends the prober. */
  async stop(): Promise<void> {
    this.#over.abort();
    await this.#probing;
  }

  #doubt(needs: readonly Need[]): void {
    if (this.#over.signal.aborted) return;
    for (const need of needs) this.#doubted.add(need);
    if (this.#doubted.size > 0) this.#probing ??= this.#probe();
  }

  async #probe(): Promise<void> {
    const { signal } = this.#over;
    while (this.#doubted.size > 0 && !signal.aborted) {
      await Promise.all([...this.#doubted].map((need) => this.#ask(need)));
      if (this.#doubted.size === 0) break;
      const pauseMs = ROUND_MS.from + Math.random() * (ROUND_MS.to - ROUND_MS.from);
      await sleep(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
    this.#probing = undefined;
    this.#events.emit('well');
  }

  async #ask(need: Need): Promise<void> {
    const isWell = await this.#isWell(need);
    if (isWell) this.#doubted.delete(need);
    if (isWell !== this.#down.has(need)) return;
    if (isWell) this.#down.delete(need);
    else this.#down.add(need);
    if (this.#down.size === 0) this.#log.say('gate.open');
    else this.#log.say('gate.shut', { aws: this.waitingFor });
    this.#onChange();
  }

  /** An open breaker answers by itself; once it lets a call through, this one decides. */
  async #isWell({ breaker, probe }: Need): Promise<boolean> {
    try {
      await probe(AbortSignal.any([this.#over.signal, AbortSignal.timeout(PROBE_TIMEOUT_MS)]));
      return breaker.state() === 'closed';
    } catch {
      return false;
    }
  }
}
